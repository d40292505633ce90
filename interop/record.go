package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// origin is the record's, as the template of the charter names it.
const origin = "record.example/your-body"

// seats are those whose keys stand in the template of the charter.
var seats = []string{"founder-one", "founder-two", "registrar", "reviewer-one", "reviewer-two", "reviewer-three"}

// newKey makes a key with our command and gives its public half.
func (s *Stand) newKey(name, file string) (string, error) {
	if _, err := s.ours("key", "new", name, "--out", file); err != nil {
		return "", err
	}
	return s.vkey(file)
}

// vkey gives the public half of a key file, as our command reads it.
func (s *Stand) vkey(file string) (string, error) {
	out, err := s.ours("key", "show", file, "--json")
	if err != nil {
		return "", err
	}
	var shown struct{ Vkey string }
	err = json.Unmarshal([]byte(out), &shown)
	return shown.Vkey, err
}

// found founds the record `ours` under the log key in log.key, with these lines as its witness policy.
func (s *Stand) found(log string, policy []string) error {
	charter, err := s.ours("new", "charter")
	if err != nil {
		return err
	}
	lines, err := json.Marshal(policy)
	if err != nil {
		return err
	}
	charter = strings.Replace(charter, `"witness_policy": []`, `"witness_policy": `+string(lines), 1)
	charter = putKey(charter, origin, log)
	for _, seat := range seats {
		key, err := s.newKey(seat, seat+".key")
		if err != nil {
			return err
		}
		charter = putKey(charter, seat, key)
	}
	if err := os.WriteFile(s.path("charter.jsonc"), []byte(charter), 0o644); err != nil {
		return err
	}
	_, err = s.ours("init", "ours", "--charter", "charter.jsonc", "--log-key", "log.key",
		"--founder-key", "founder-one.key", "--founder-key", "founder-two.key")
	return err
}

// putKey replaces the template's key of that name, and the digest of the seat's next key that follows it.
func putKey(charter, name, key string) string {
	next := fmt.Sprintf("%x", sha256.Sum256([]byte(name)))
	seat := regexp.MustCompile(`"` + regexp.QuoteMeta(name) + `\+[^"]*"(?:(,\s*"next_key_sha256": ")[0-9a-f]{64})?`)
	return seat.ReplaceAllStringFunc(charter, func(found string) string {
		between := seat.FindStringSubmatch(found)[1]
		if between == "" {
			return `"` + key + `"`
		}
		return `"` + key + `"` + between + next
	})
}

// submit has the registrar say something to a running server; gives what our command printed. The files beside are
// <name>.json.signed and the receipt <name>.json.tlog-proof, or the promise <name>.json.intake.
func (s *Stand) submit(url, name string) (string, error) {
	advisory := sha256.Sum256([]byte(name))
	warn := fmt.Sprintf(`{"type": "warn", "body": {"sectors": ["health"], "advisory_sha256": "%x"}}`, advisory)
	file := name + ".json"
	if err := os.WriteFile(s.path(file), []byte(warn), 0o644); err != nil {
		return "", err
	}
	return s.ours("submit", file, "--url", url, "--key", "registrar.key")
}

// submitted is submit where a receipt is expected.
func (s *Stand) submitted(url, name string) error {
	out, err := s.submit(url, name)
	if err == nil && !strings.Contains(out, "recorded: statement ") {
		err = fmt.Errorf("not recorded: %s", out)
	}
	return err
}
