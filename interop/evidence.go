package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	f_log "github.com/transparency-dev/formats/log"
)

// evidence reads what our witness kept, with sumdb's note.
func (s *Stand) evidence(t *Transcript, log *theirLog, forked *f_log.Checkpoint) error {
	kept, err := filepath.Glob(s.path("watch", "evidence", "*.equivocation"))
	if err != nil || len(kept) != 1 {
		return fmt.Errorf("our witness kept %d files of evidence (%v)", len(kept), err)
	}
	text, err := os.ReadFile(kept[0])
	if err != nil {
		return err
	}
	// The head, then two notes, each of a text, an empty line and its signatures.
	parts := strings.Split(string(text), "\n\n")
	if len(parts) != 5 {
		return fmt.Errorf("not two notes:\n%s", text)
	}
	var roots []string
	for _, at := range []int{1, 3} {
		raw := strings.TrimRight(parts[at]+"\n\n"+parts[at+1], "\n") + "\n"
		checkpoint, _, _, err := f_log.ParseCheckpoint([]byte(raw), theirOrigin, log.log, verifiersIn(log.ours)...)
		if err != nil {
			return fmt.Errorf("%w\n%s", err, raw)
		}
		if checkpoint.Size != uint64(log.size) {
			return fmt.Errorf("a note of size %d", checkpoint.Size)
		}
		roots = append(roots, hash(checkpoint.Hash))
	}
	if roots[0] == roots[1] || roots[1] != hash(forked.Hash) {
		return fmt.Errorf("the two roots are %s and %s", roots[0], roots[1])
	}
	t.Say("our witness kept both notes as evidence; formats/log.ParseCheckpoint reads them: one size, two roots, the log's signature on both")
	return nil
}
