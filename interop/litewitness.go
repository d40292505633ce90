package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"strings"

	"filippo.io/torchwood"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/mod/sumdb/note"
)

// theirs is a litewitness: its key, address and process.
type theirs struct {
	key         *torchwood.CosignatureVerifier
	fingerprint string
	port        int
	process     *Process
}

// litewitness founds a record whose charter wants litewitness's cosignature, and lets it grow, stop and be rolled back.
func litewitness(s *Stand, t *Transcript) error {
	log, err := s.newKey(origin, "log.key")
	if err != nil {
		return err
	}
	lite, err := s.makeLitewitness(log)
	if err != nil {
		return err
	}
	if err := s.startLitewitness(lite); err != nil {
		return err
	}
	t.Step("litewitness {%s} watches the log {%s}, added with witnessctl", lite.key, log)
	policy := []string{
		"#register lite operator=somebody-else jurisdiction=CH owner=somebody-else host=here implementation=torchwood",
		fmt.Sprintf("witness lite %s http://127.0.0.1:%d", lite.key, lite.port),
		"quorum lite",
	}
	if err := s.found(log, policy); err != nil {
		return err
	}
	t.Say("a record is founded whose charter says: witness lite … http://127.0.0.1:…, quorum lite")
	server, address, err := s.start(s.binary, true, "serve", "ours", "--listen", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := s.grows(t, address, log); err != nil {
		return err
	}
	if err := s.returns(t, server, lite); err != nil {
		return err
	}
	return s.rolledBack(t)
}

// makeLitewitness makes its key, an ssh-agent that holds it, and its database with the logs of these keys.
func (s *Stand) makeLitewitness(logs ...string) (*theirs, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	keys := agent.NewKeyring()
	if err := keys.Add(agent.AddedKey{PrivateKey: private}); err != nil {
		return nil, err
	}
	listener, err := net.Listen("unix", s.path("agent.sock"))
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			asker, err := listener.Accept()
			if err != nil {
				return
			}
			// Ends when the asker hangs up.
			go func() { _ = agent.ServeAgent(keys, asker) }()
		}
	}()
	signer, err := torchwood.NewCosignatureSigner("witness.example/lite", private)
	if err != nil {
		return nil, err
	}
	asSSH, err := ssh.NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	for _, log := range logs {
		name, _, _ := strings.Cut(log, "+")
		if _, err := s.run(s.tool("witnessctl"), "add-log", "-db", "lite.db", "-origin", name); err != nil {
			return nil, err
		}
		if _, err := s.run(s.tool("witnessctl"), "add-key", "-db", "lite.db", "-origin", name, "-key", log); err != nil {
			return nil, err
		}
	}
	return &theirs{key: signer.Verifier(), fingerprint: ssh.FingerprintSHA256(asSSH), port: port}, nil
}

// startLitewitness starts it and waits until it answers.
func (s *Stand) startLitewitness(lite *theirs) error {
	address := fmt.Sprintf("127.0.0.1:%d", lite.port)
	process, _, err := s.start(s.tool("litewitness"), false, "-name", "witness.example/lite", "-db", "lite.db",
		"-ssh-agent", "agent.sock", "-key", lite.fingerprint, "-listen", address)
	if err != nil {
		return err
	}
	lite.process = process
	err = until("litewitness does not answer", func() error {
		_, err := get("http://" + address + "/")
		return err
	})
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, process.Errors())
	}
	return err
}

// knows gives what litewitness holds of our log.
func (s *Stand) knows() (size int64, root string, err error) {
	out, err := s.run(s.tool("witnessctl"), "list-logs", "-db", "lite.db")
	if err != nil {
		return 0, "", err
	}
	var listed struct {
		Size     int64  `json:"size"`
		RootHash string `json:"root_hash"`
	}
	err = json.Unmarshal([]byte(out), &listed)
	return listed.Size, listed.RootHash, err
}

// cosigned verifies the served checkpoint under the policy with torchwood, and holds it against litewitness's memory.
func (s *Stand) cosigned(t *Transcript, address string) (torchwood.Checkpoint, error) {
	policy, err := s.policyOf()
	if err != nil {
		return torchwood.Checkpoint{}, err
	}
	raw, err := get(address + "/checkpoint")
	if err != nil {
		return torchwood.Checkpoint{}, err
	}
	checkpoint, opened, err := torchwood.VerifyCheckpoint(raw, policy)
	if err != nil {
		return checkpoint, fmt.Errorf("torchwood refuses the checkpoint: %w\n%s", err, raw)
	}
	names := make([]string, 0, len(opened.Sigs))
	for _, signature := range opened.Sigs {
		names = append(names, signature.Name)
	}
	if len(names) != 2 || len(opened.UnverifiedSigs) != 0 {
		return checkpoint, fmt.Errorf("not the log and litewitness alone:\n%s", raw)
	}
	size, root, err := s.knows()
	if err != nil {
		return checkpoint, err
	}
	if size != checkpoint.N || root != checkpoint.Hash.String() {
		return checkpoint, fmt.Errorf("litewitness holds size %d root %s, the checkpoint is\n%s", size, root, raw)
	}
	t.Say("checkpoint: size %d, root {%s}", checkpoint.N, checkpoint.Hash)
	t.Say("torchwood.VerifyCheckpoint under our trust file's policy: signed by %s", strings.Join(names, " and "))
	t.Say("witnessctl list-logs: the same size and root")
	return checkpoint, nil
}

// grows submits, and has torchwood verify checkpoint and receipts, and Tessera follow the growth.
func (s *Stand) grows(t *Transcript, address, log string) error {
	before, err := s.cosigned(t, address)
	if err != nil {
		return err
	}
	verifier, err := note.NewVerifier(log)
	if err != nil {
		return err
	}
	base, err := url.Parse(address)
	if err != nil {
		return err
	}
	fetch, err := client.NewHTTPFetcher(base, nil)
	if err != nil {
		return err
	}
	ctx := context.Background()
	tracker, err := client.NewLogStateTracker(ctx, fetch.ReadTile, nil, verifier, origin,
		client.UnilateralConsensus(fetch.ReadCheckpoint))
	if err != nil {
		return err
	}
	names := []string{"first", "second", "third", "fourth", "fifth"}
	for _, name := range names {
		if err := s.submitted(address, name); err != nil {
			return err
		}
	}
	t.Step("%d statements are submitted, one after the other", len(names))
	after, err := s.cosigned(t, address)
	if err != nil {
		return err
	}
	_, proof, _, err := tracker.Update(ctx)
	if err != nil {
		return err
	}
	if latest := tracker.Latest(); latest.Size != uint64(after.N) || hash(latest.Hash) != after.Hash.String() {
		return fmt.Errorf("Tessera's tracker is at %d, not at %d", latest.Size, after.N)
	}
	t.Say("Tessera's LogStateTracker: from size %d to %d by a consistency proof of %s from our tiles",
		before.N, after.N, plural(len(proof), "hash", "hashes"))
	return s.receipts(t, names)
}
