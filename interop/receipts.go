package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"
)

// receipts has torchwood verify our .tlog-proof files under the policy of our trust file.
func (s *Stand) receipts(t *Transcript, names []string) error {
	policy, err := s.policyOf()
	if err != nil {
		return err
	}
	for _, name := range names {
		proof, err := os.ReadFile(s.path(name + ".json.tlog-proof"))
		if err != nil {
			return err
		}
		statement, err := os.ReadFile(s.path(name + ".json.signed"))
		if err != nil {
			return err
		}
		if err := torchwood.VerifyProof(policy, tlog.RecordHash(statement), proof); err != nil {
			return fmt.Errorf("torchwood refuses the receipt of %s: %w", name, err)
		}
		statement[len(statement)/2] ^= 1
		if torchwood.VerifyProof(policy, tlog.RecordHash(statement), proof) == nil {
			return errors.New("torchwood accepts a receipt for another statement")
		}
	}
	t.Say("torchwood.VerifyProof: %s under that policy; none for a statement with one bit changed",
		plural(len(names), "receipt verifies", "receipts verify"))
	return nil
}

// policyOf reads the policy in our trust file, below its first two lines, with torchwood.
func (s *Stand) policyOf() (torchwood.Policy, error) {
	trust, err := os.ReadFile(s.path("ours", "trust.txt"))
	if err != nil {
		return nil, err
	}
	lines := strings.SplitN(string(trust), "\n", 3)
	if len(lines) < 3 {
		return nil, fmt.Errorf("a short trust file: %q", trust)
	}
	return torchwood.ParsePolicy([]byte(lines[2]))
}
