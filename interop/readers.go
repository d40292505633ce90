package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"filippo.io/torchwood"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// readers has Tessera's and torchwood's clients read the demonstration's log, served by our command.
func readers(s *Stand, t *Transcript) error {
	if _, err := s.ours("demo", "--no-serve", "--dir", "demo"); err != nil {
		return err
	}
	log, err := s.logOfTrust("demo/trust.txt")
	if err != nil {
		return err
	}
	verifier, err := note.NewVerifier(log)
	if err != nil {
		return err
	}
	server, address, err := s.start(s.binary, true, "serve", "demo", "--listen", "127.0.0.1:0")
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
	checkpoint, _, _, err := client.FetchCheckpoint(ctx, fetch.ReadCheckpoint, verifier, verifier.Name())
	if err != nil {
		return err
	}
	size, root := checkpoint.Size, checkpoint.Hash
	if size <= 256 {
		return fmt.Errorf("a log of %d entries has no full tile", size)
	}
	t.Step("`solferino demo` makes a record, `solferino serve` serves it")
	t.Say("Tessera's client.FetchCheckpoint: origin %s, size {%d}, root {%s}", checkpoint.Origin, size, hash(root))
	if err := checkWhole(ctx, t, verifier, fetch); err != nil {
		return err
	}
	if err := proofs(ctx, t, fetch, size, root); err != nil {
		return err
	}
	if err := torchwoodReads(ctx, t, address, log, size, root); err != nil {
		return err
	}
	return server.stop()
}

// logOfTrust gives the log's key in a trust file.
func (s *Stand) logOfTrust(file string) (string, error) {
	trust, err := os.ReadFile(s.path(file))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(trust)) {
		if key, found := strings.CutPrefix(line, "log "); found {
			return strings.TrimSpace(key), nil
		}
	}
	return "", fmt.Errorf("%s names no log", file)
}

// damaged gives what another fetcher does, with one bit changed in what it is told to damage.
type damaged struct {
	fsck.Fetcher
	entries, tile bool
}

func (d damaged) ReadEntryBundle(ctx context.Context, i uint64, p uint8) ([]byte, error) {
	return flipped(d.entries && i == 1)(d.Fetcher.ReadEntryBundle(ctx, i, p))
}

func (d damaged) ReadTile(ctx context.Context, l, i uint64, p uint8) ([]byte, error) {
	return flipped(d.tile && l == 1)(d.Fetcher.ReadTile(ctx, l, i, p))
}

func flipped(flip bool) func([]byte, error) ([]byte, error) {
	return func(bytes []byte, err error) ([]byte, error) {
		if flip && err == nil {
			bytes[len(bytes)-1] ^= 1
		}
		return bytes, err
	}
}

// checkWhole runs Tessera's fsck over everything, and over the same with one bit changed.
func checkWhole(ctx context.Context, t *Transcript, verifier note.Verifier, fetch fsck.Fetcher) error {
	check := func(fetch fsck.Fetcher) error {
		return fsck.New(verifier.Name(), verifier, fetch, leaves, fsck.Opts{N: 2}).Check(ctx)
	}
	if err := check(fetch); err != nil {
		return fmt.Errorf("fsck: %w", err)
	}
	t.Say("Tessera's fsck: every entry bundle and tile is the one its checkpoint commits to")
	if check(damaged{Fetcher: fetch, entries: true}) == nil {
		return errors.New("fsck accepts a damaged entry")
	}
	if check(damaged{Fetcher: fetch, tile: true}) == nil {
		return errors.New("fsck accepts a damaged tile")
	}
	t.Say("Tessera's fsck refuses the same log with one bit changed in an entry, or in a tile of level 1")
	return nil
}

// leaves gives the leaf hashes of a bundle, as Tessera's own fsck command computes them.
func leaves(bundle []byte) ([][]byte, error) {
	var entries api.EntryBundle
	if err := entries.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	hashes := make([][]byte, 0, len(entries.Entries))
	for _, entry := range entries.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}

// proofs builds every inclusion proof, and every consistency proof to the last size, with Tessera from our tiles.
func proofs(ctx context.Context, t *Transcript, fetch *client.HTTPFetcher, size uint64, root []byte) error {
	hashes, err := client.FetchLeafHashes(ctx, fetch.ReadTile, 0, size, size)
	if err != nil {
		return err
	}
	builder, err := client.NewProofBuilder(ctx, size, fetch.ReadTile)
	if err != nil {
		return err
	}
	hasher := rfc6962.DefaultHasher
	grown := (&compact.RangeFactory{Hash: hasher.HashChildren}).NewEmptyRange(0)
	for index, leaf := range hashes {
		path, err := builder.InclusionProof(ctx, uint64(index))
		if err != nil {
			return err
		}
		if err := proof.VerifyInclusion(hasher, uint64(index), size, leaf, path, root); err != nil {
			return fmt.Errorf("inclusion of %d: %w", index, err)
		}
		if err := grown.Append(leaf, nil); err != nil {
			return err
		}
		smaller, err := grown.GetRootHash(nil)
		if err != nil {
			return err
		}
		path, err = builder.ConsistencyProof(ctx, uint64(index)+1, size)
		if err != nil {
			return err
		}
		if err := proof.VerifyConsistency(hasher, uint64(index)+1, size, path, smaller, root); err != nil {
			return fmt.Errorf("consistency from %d: %w", index+1, err)
		}
	}
	t.Say("Tessera's ProofBuilder over our tiles: {%d} inclusion and {%d} consistency proofs verify", size, size)
	return nil
}

// torchwoodReads reads every entry with torchwood's client, which authenticates each by the tiles.
func torchwoodReads(ctx context.Context, t *Transcript, address, log string, size uint64, root []byte) error {
	policy, err := torchwood.ParsePolicy([]byte("log " + log + "\nquorum none\n"))
	if err != nil {
		return err
	}
	fetch, err := torchwood.NewTileFetcher(address, torchwood.WithConcurrencyLimit(2))
	if err != nil {
		return err
	}
	raw, err := fetch.ReadEndpoint(ctx, "checkpoint")
	if err != nil {
		return err
	}
	checkpoint, _, err := torchwood.VerifyCheckpoint(raw, policy)
	if err != nil {
		return err
	}
	reader, err := torchwood.NewClient(fetch)
	if err != nil {
		return err
	}
	var stored []tlog.Hash
	memory := memoryOf(&stored)
	var bytes int
	for index, entry := range reader.AllEntries(ctx, checkpoint.Tree, 0) {
		hashes, err := tlog.StoredHashes(index, entry, memory)
		if err != nil {
			return err
		}
		stored, bytes = append(stored, hashes...), bytes+len(entry)
	}
	if err := reader.Err(); err != nil {
		return err
	}
	rebuilt, err := tlog.TreeHash(checkpoint.N, memory)
	if err != nil {
		return err
	}
	if uint64(checkpoint.N) != size || hash(rebuilt[:]) != hash(root) {
		return fmt.Errorf("torchwood read size %d with root %s", checkpoint.N, rebuilt)
	}
	t.Say("torchwood's Client.AllEntries: {%d} entries of {%d} bytes; x/mod's tlog rebuilds the same root from them",
		checkpoint.N, bytes)
	return nil
}
