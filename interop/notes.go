package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	f_log "github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	f_proof "github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// notes has sumdb's note and transparency-dev's formats read our golden log, which holds a signature of every type, and
// exchanges keys.
func notes(s *Stand, t *Transcript) error {
	golden, err := s.golden()
	if err != nil {
		return err
	}
	t.Step("crates/tlog/tests/frozen/golden-log.jsonl: our log of 300 entries, signed and cosigned with every type of key")
	var receipt f_proof.TLogProof
	if err := receipt.Unmarshal(golden["255.tlog-proof"]); err != nil {
		return err
	}
	if !bytes.Equal(receipt.Marshal(), golden["255.tlog-proof"]) {
		return errors.New("formats/proof writes our receipt differently")
	}
	verifiers, err := verifiersOf(string(golden["policy"]))
	if err != nil {
		return err
	}
	if err := opens(t, receipt.Checkpoint, verifiers); err != nil {
		return err
	}
	if err := oneBit(t, receipt.Checkpoint, verifiers); err != nil {
		return err
	}
	checkpoint, _, _, err := f_log.ParseCheckpoint(receipt.Checkpoint, "golden.example/log", verifiers[0].Verifier)
	if err != nil {
		return err
	}
	t.Say("formats/log.ParseCheckpoint: size %d, root %s", checkpoint.Size, hash(checkpoint.Hash))
	entry, err := lastOfFirstBundle(golden["tile/entries/000"])
	if err != nil {
		return err
	}
	path := make(tlog.RecordProof, 0, len(receipt.Hashes))
	for _, node := range receipt.Hashes {
		path = append(path, tlog.Hash(node))
	}
	root := tlog.Hash(checkpoint.Hash)
	if err := tlog.CheckRecord(path, int64(checkpoint.Size), root, int64(receipt.Index), tlog.RecordHash(entry)); err != nil {
		return err
	}
	t.Say("formats/proof reads our receipt and writes it byte for byte; x/mod's tlog.CheckRecord: entry %d is in the tree", receipt.Index)
	if err := s.keys(t); err != nil {
		return err
	}
	return s.policies(t, string(golden["policy"]))
}

// golden gives the files of our golden log by path.
func (s *Stand) golden() (map[string][]byte, error) {
	file, err := os.Open(filepath.Join(s.root, "crates", "tlog", "tests", "frozen", "golden-log.jsonl"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	files := map[string][]byte{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var row struct {
			Path  string
			Bytes []byte
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, err
		}
		files[row.Path] = row.Bytes
	}
	return files, lines.Err()
}

// verifier is a key of a policy and the function that reads it.
type verifier struct {
	note.Verifier
	by, kind string
}

// verifiersOf reads every key of a policy: the log's Ed25519 key with sumdb's note, the others with formats.
func verifiersOf(policy string) ([]verifier, error) {
	var found []verifier
	for line := range strings.Lines(policy) {
		words := strings.Fields(line)
		var key string
		switch {
		case words[0] == "log":
			key = words[1]
		case words[0] == "witness":
			key = words[2]
		default:
			continue
		}
		verifier, err := verifierOf(key, words[0] == "log")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		found = append(found, verifier)
	}
	return found, nil
}

func verifierOf(key string, log bool) (verifier, error) {
	if read, err := note.NewVerifier(key); err == nil && log {
		return verifier{read, "sumdb note.NewVerifier", "0x01 Ed25519"}, nil
	}
	if read, err := f_note.NewMLDSAVerifier(key); err == nil {
		return verifier{read, "formats NewMLDSAVerifier", "0x06 ML-DSA-44 subtree/v1"}, nil
	}
	read, err := f_note.NewVerifierForCosignatureV1(key)
	return verifier{read, "formats NewVerifierForCosignatureV1", "0x04 Ed25519 cosignature/v1"}, err
}

// opens has note.Open verify every signature of a checkpoint.
func opens(t *Transcript, checkpoint []byte, verifiers []verifier) error {
	var list []note.Verifier
	for _, verifier := range verifiers {
		list = append(list, verifier.Verifier)
	}
	opened, err := note.Open(checkpoint, note.VerifierList(list...))
	if err != nil {
		return err
	}
	if len(opened.Sigs) != len(verifiers) || len(opened.UnverifiedSigs) != 0 {
		return fmt.Errorf("%d of %d signatures verify, %d are unknown", len(opened.Sigs), len(verifiers), len(opened.UnverifiedSigs))
	}
	t.Say("sumdb note.Open: all %d signatures verify", len(opened.Sigs))
	for i, verifier := range verifiers {
		if opened.Sigs[i].Name != verifier.Name() || opened.Sigs[i].Hash != verifier.KeyHash() {
			return fmt.Errorf("signature %d is by %s", i, opened.Sigs[i].Name)
		}
		t.Say("  %s+%08x, type %s, read by %s", verifier.Name(), verifier.KeyHash(), verifier.kind, verifier.by)
	}
	return nil
}

// oneBit changes each byte of the text in turn; no signature may hold then.
func oneBit(t *Transcript, checkpoint []byte, verifiers []verifier) error {
	text := bytes.LastIndex(checkpoint, []byte("\n\n")) + 1
	for at := range text {
		changed := bytes.Clone(checkpoint)
		changed[at] ^= 1
		for _, verifier := range verifiers {
			if _, err := note.Open(changed, note.VerifierList(verifier.Verifier)); err == nil {
				return fmt.Errorf("the signature of %s holds with byte %d changed", verifier.Name(), at)
			}
		}
	}
	t.Say("with one bit changed in any of the text's %d bytes, none of them does", text)
	return nil
}

// lastOfFirstBundle gives entry 255 of a full entry bundle.
func lastOfFirstBundle(bundle []byte) ([]byte, error) {
	var entry []byte
	for range 256 {
		if len(bundle) < 2 {
			return nil, errors.New("a short bundle")
		}
		length := int(bundle[0])<<8 | int(bundle[1])
		if len(bundle) < 2+length {
			return nil, errors.New("a short bundle")
		}
		entry, bundle = bundle[2:2+length], bundle[2+length:]
	}
	return entry, nil
}

// keys exchanges private keys in text form, both ways.
func (s *Stand) keys(t *Transcript) error {
	public, err := s.newKey("log.example/ours", "ours.key")
	if err != nil {
		return err
	}
	private, err := os.ReadFile(s.path("ours.key"))
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(private)))
	if err != nil {
		return err
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: "a note\n"}, signer)
	if err != nil {
		return err
	}
	if _, err := note.Open(signed, note.VerifierList(verifier)); err != nil {
		return err
	}
	t.Step("`solferino key new` makes a key: sumdb note.NewSigner signs with it, and our public half verifies")
	private2, public2, err := note.GenerateKey(rand.Reader, "log.example/theirs")
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.path("theirs.key"), []byte(private2+"\n"), 0o600); err != nil {
		return err
	}
	shown, err := s.vkey("theirs.key")
	if err != nil {
		return err
	}
	if shown != public2 {
		return fmt.Errorf("our command shows %s, note.GenerateKey gave %s", shown, public2)
	}
	t.Say("sumdb note.GenerateKey makes a key: `solferino key show` reads it and gives the same public half")
	return nil
}
