package main

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	f_log "github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// theirOrigin is the log that Tessera's posix-oneshot keeps.
const theirOrigin = "log.example/tessera"

// theirLog is that log: its key, and what its entries must come to; and our witness's address and keys.
type theirLog struct {
	log     note.Verifier
	stored  []tlog.Hash
	size    int64
	witness string
	ours    []ourKey
}

// ourKey is a key of our witness, in both forms, and what kind it is.
type ourKey struct {
	note.Verifier
	vkey, kind string
}

// witness has a log run by Tessera ask our witness, grow, and fork.
func witness(s *Stand, t *Transcript) error {
	private, public, err := note.GenerateKey(rand.Reader, theirOrigin)
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.path("log.key"), []byte(private), 0o600); err != nil {
		return err
	}
	log := &theirLog{}
	if log.log, err = note.NewVerifier(public); err != nil {
		return err
	}
	made, err := s.ours("witness", "init", "watch", "--name", "witness.example/ours", "--subtree-key", "--log", public)
	if err != nil {
		return err
	}
	for line := range strings.Lines(made) {
		if vkey, found := strings.CutPrefix(line, "public key "); found {
			vkey = strings.TrimSpace(vkey)
			verifier, err := verifierOf(vkey, false)
			if err != nil {
				return err
			}
			log.ours = append(log.ours, ourKey{verifier.Verifier, vkey, verifier.kind})
		}
	}
	if len(log.ours) != 2 {
		return fmt.Errorf("not two keys: %s", made)
	}
	server, address, err := s.start(s.binary, true, "witness", "serve", "watch", "--listen", "127.0.0.1:0")
	if err != nil {
		return err
	}
	log.witness = address
	t.Step("`solferino witness init` and `serve`: two keys of witness.example/ours watch {%s}", public)
	for i, upTo := range []int64{5, 6, 256, 600} {
		if err := s.appendTo(t, log, upTo, log.ours[i%2]); err != nil {
			return err
		}
	}
	if err := s.fork(t, log); err != nil {
		return err
	}
	return server.stop()
}

// entry is what stands in their log at an index.
func entry(index int64) []byte { return fmt.Appendf(nil, "entry %d", index) }

// appendTo has posix-oneshot grow the log under a policy that wants one of our witness's keys, and verifies what it
// published and what our witness shows.
func (s *Stand) appendTo(t *Transcript, log *theirLog, upTo int64, by ourKey) error {
	folder := fmt.Sprintf("upto-%d", upTo)
	if err := os.Mkdir(s.path(folder), 0o755); err != nil {
		return err
	}
	for ; log.size < upTo; log.size++ {
		// In the order of a glob.
		file := s.path(folder, fmt.Sprintf("%06d", log.size))
		if err := os.WriteFile(file, entry(log.size), 0o644); err != nil {
			return err
		}
		hashes, err := tlog.StoredHashes(log.size, entry(log.size), memoryOf(&log.stored))
		if err != nil {
			return err
		}
		log.stored = append(log.stored, hashes...)
	}
	policy := fmt.Sprintf("witness ours %s %s\ngroup all-of-one all ours\nquorum all-of-one\n", by.vkey, log.witness)
	if err := os.WriteFile(s.path("policy"), []byte(policy), 0o644); err != nil {
		return err
	}
	if err := s.oneshot("log", folder); err != nil {
		return err
	}
	raw, err := os.ReadFile(s.path("log", "checkpoint"))
	if err != nil {
		return err
	}
	root, err := log.holds(raw, by)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, raw)
	}
	t.Step("posix-oneshot appends up to entry %d: checkpoint of size %d, root %s", upTo-1, upTo, root)
	t.Say("formats/log.ParseCheckpoint: signed by %s and %s (%s); the root is that of the entries",
		log.log.Name(), by.Name(), by.kind)
	held, err := get(fmt.Sprintf("%s/%x/checkpoint", log.witness, sha256.Sum256([]byte(theirOrigin))))
	if err != nil {
		return err
	}
	if _, err := log.holds(held, log.ours...); err != nil {
		return fmt.Errorf("our witness shows another checkpoint: %w\n%s", err, held)
	}
	t.Say("our witness shows the same at its monitoring address, with the log's signature and both of its own")
	return nil
}

// holds checks that a checkpoint is of all entries, and signed by the log and these keys, and nobody else.
func (l *theirLog) holds(raw []byte, by ...ourKey) (tlog.Hash, error) {
	root, err := tlog.TreeHash(l.size, memoryOf(&l.stored))
	if err != nil {
		return root, err
	}
	checkpoint, _, opened, err := f_log.ParseCheckpoint(raw, theirOrigin, l.log, verifiersIn(by)...)
	if err != nil {
		return root, err
	}
	if len(opened.Sigs) != 1+len(by) || len(opened.UnverifiedSigs) != 0 {
		return root, errors.New("it is not signed by the log and our witness alone")
	}
	if checkpoint.Size != uint64(l.size) || !bytes.Equal(checkpoint.Hash, root[:]) {
		return root, fmt.Errorf("it is not of %d entries with root %s", l.size, root)
	}
	for _, signature := range opened.Sigs[1:] {
		made, err := f_note.CoSigV1Timestamp(signature)
		if err != nil {
			return root, err
		}
		if age := time.Since(made); age < -time.Minute || age > time.Hour {
			return root, fmt.Errorf("the cosignature's time is %s", made)
		}
	}
	return root, nil
}

func verifiersIn(keys []ourKey) []note.Verifier {
	found := make([]note.Verifier, 0, len(keys))
	for _, key := range keys {
		found = append(found, key.Verifier)
	}
	return found
}

// oneshot runs Tessera's example log once over the files of a folder.
func (s *Stand) oneshot(storage, folder string, more ...string) error {
	args := []string{"-storage_dir", s.path(storage), "-entries", s.path(folder, "*"), "-private_key", s.path("log.key"),
		"-witness_policy_file", s.path("policy"), "-witness_timeout", "30s"}
	_, err := s.run(s.tool("posix-oneshot"), append(args, more...)...)
	return err
}

// fork makes another log of the same size under the same key, which asks our witness too.
func (s *Stand) fork(t *Transcript, log *theirLog) error {
	if err := os.Mkdir(s.path("other"), 0o755); err != nil {
		return err
	}
	for index := range log.size {
		text := entry(index)
		if index == 3 {
			text = []byte("something else")
		}
		if err := os.WriteFile(s.path("other", fmt.Sprintf("%06d", index)), text, 0o644); err != nil {
			return err
		}
	}
	if err := s.oneshot("fork", "other", "-witness_fail_open"); err != nil {
		return err
	}
	raw, err := os.ReadFile(s.path("fork", "checkpoint"))
	if err != nil {
		return err
	}
	checkpoint, _, opened, err := f_log.ParseCheckpoint(raw, theirOrigin, log.log, verifiersIn(log.ours)...)
	if err != nil {
		return err
	}
	if len(opened.Sigs) != 1 || len(opened.UnverifiedSigs) != 0 {
		return fmt.Errorf("our witness cosigned a second history:\n%s", raw)
	}
	t.Step("a second log of size %d under the same key, with another entry 3: root %s, told to publish also without its witness",
		checkpoint.Size, hash(checkpoint.Hash))
	t.Say("our witness does not cosign")
	return s.evidence(t, log, checkpoint)
}
