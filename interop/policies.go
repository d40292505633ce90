package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"filippo.io/torchwood"
	"github.com/transparency-dev/tessera"
)

// policies has everybody read the same policies; who refuses which is said, and compared with the transcript.
func (s *Stand) policies(t *Transcript, golden string) error {
	var log, witness string
	for line := range strings.Lines(golden) {
		switch words := strings.Fields(line); {
		case words[0] == "log" && log == "":
			log = words[1]
		case words[0] == "witness" && witness == "":
			witness = words[2]
		}
	}
	plain := fmt.Sprintf("log %s\nwitness w %s https://witness.example/\ngroup g 1 w\nquorum g\n", log, witness)
	t.Step("policies, as our command, torchwood and Tessera (which has no use for logs) read them")
	t.Say("ours      torchwood Tessera")
	for _, policy := range []struct{ what, text string }{
		{"an Ed25519 log and witness", plain},
		{"with a comment as a line", "# a comment\n" + plain},
		{"with a comment behind the quorum", strings.TrimRight(plain, "\n") + " # a comment\n"},
		{"the golden log's, with ML-DSA-44 keys and no addresses", golden},
		{"without a quorum", strings.ReplaceAll(plain, "quorum g\n", "")},
		{"a group that nobody has defined", strings.ReplaceAll(plain, "quorum g", "quorum h")},
	} {
		ours, err := s.lints(policy.text)
		if err != nil {
			return err
		}
		_, theirs := torchwood.ParsePolicy([]byte(policy.text))
		_, tesseras := tessera.NewWitnessGroupFromPolicy([]byte(policy.text))
		t.Say("%-9s %-9s %-9s %s", reads(ours), reads(theirs == nil), reads(tesseras == nil), policy.what)
	}
	return nil
}

func reads(accepted bool) string {
	if accepted {
		return "reads"
	}
	return "refuses"
}

// lints is whether our command reads a policy. What it says of its worth (exit code 4) is another matter.
func (s *Stand) lints(policy string) (bool, error) {
	if err := os.WriteFile(s.path("policy"), []byte(policy), 0o644); err != nil {
		return false, err
	}
	_, err := s.ours("policy", "lint", "policy")
	var ended *exec.ExitError
	if err == nil || errors.As(err, &ended) && ended.ExitCode() == 4 {
		return true, nil
	}
	if ended != nil && ended.ExitCode() == 1 {
		return false, nil
	}
	return false, err
}
