package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// returns stops both sides in turn: our log has to learn anew what litewitness holds, and to wait while it is away.
func (s *Stand) returns(t *Transcript, server *Process, lite *theirs) error {
	if err := server.stop(); err != nil {
		return err
	}
	if err := copyFolder(s.path("ours"), s.path("old")); err != nil {
		return err
	}
	server, address, err := s.start(s.binary, true, "serve", "ours", "--listen", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := s.submitted(address, "after-restart"); err != nil {
		return err
	}
	t.Step("our server is started again: it asks from size 0, litewitness answers 409 and its size, and cosigns")
	if _, err := s.cosigned(t, address); err != nil {
		return err
	}
	if err := lite.process.stop(); err != nil {
		return err
	}
	before, err := get(address + "/checkpoint")
	if err != nil {
		return err
	}
	out, err := s.submit(address, "while-away")
	if err != nil {
		return err
	}
	if !strings.Contains(out, "its signed promise: while-away.json.intake") {
		return fmt.Errorf("without its witness the log answered: %s", out)
	}
	if now, err := get(address + "/checkpoint"); err != nil || string(now) != string(before) {
		return fmt.Errorf("the log published without its witness (%v):\n%s", err, now)
	}
	t.Step("litewitness is stopped: a submission gets a signed promise, and nothing is published")
	if err := s.startLitewitness(lite); err != nil {
		return err
	}
	err = until("the promise is not kept", func() error {
		out, err := s.ours("submit", "while-away.json.signed", "--raw", "--url", address)
		if err == nil && !strings.Contains(out, "was recorded before") {
			err = fmt.Errorf("%s", out)
		}
		return err
	})
	if err != nil {
		return err
	}
	t.Say("litewitness is started again: the promised statement is recorded")
	if _, err := s.cosigned(t, address); err != nil {
		return err
	}
	// Submitted again under the name of the signed file, whose receipt lies beside it.
	if err := os.Rename(s.path("while-away.json.signed.tlog-proof"), s.path("while-away.json.tlog-proof")); err != nil {
		return err
	}
	if err := s.receipts(t, []string{"while-away"}); err != nil {
		return err
	}
	return server.stop()
}

// rolledBack serves the older copy of the record. It lacks two batches; one more submission makes another tree.
func (s *Stand) rolledBack(t *Transcript) error {
	server, address, err := s.start(s.binary, true, "serve", "old", "--listen", "127.0.0.1:0")
	if err != nil {
		return err
	}
	before, err := get(address + "/checkpoint")
	if err != nil {
		return err
	}
	knownSize, knownRoot, err := s.knows()
	if err != nil {
		return err
	}
	out, err := s.submit(address, "on-the-old-copy")
	if err != nil {
		return err
	}
	if !strings.Contains(out, "its signed promise: on-the-old-copy.json.intake") {
		return fmt.Errorf("a log that was rolled back answered: %s", out)
	}
	now, err := get(address + "/checkpoint")
	if err != nil || string(now) != string(before) {
		return fmt.Errorf("a log that was rolled back published (%v):\n%s", err, now)
	}
	size, root, err := s.knows()
	if err != nil || size != knownSize || root != knownRoot {
		return fmt.Errorf("litewitness moved to size %d, root %s (%v)", size, root, err)
	}
	metrics, err := get(address + "/metrics")
	if err != nil {
		return err
	}
	if !strings.Contains(string(metrics), "solferino_witness_quorum_missing 1") {
		return fmt.Errorf("the gauge of the missing quorum does not stand at 1:\n%s", metrics)
	}
	t.Step("an older copy of the record is served under the same key, and something else is submitted to it")
	t.Say("litewitness stays at size %d and does not cosign; the copy publishes nothing, solferino_witness_quorum_missing is 1", size)
	return server.stop()
}

// copyFolder copies files with their modes: a record refuses keys that others may read.
func copyFolder(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.Mkdir(filepath.Join(to, below), info.Mode())
		}
		bytes, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, below), bytes, info.Mode())
	})
}
