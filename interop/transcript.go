package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Transcript is what a run says, line by line. What differs from run to run stands in braces.
type Transcript struct {
	lines bytes.Buffer
}

var varying = regexp.MustCompile(`\{[^{}\n]*\}`)

// Say adds a line.
func (t *Transcript) Say(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	fmt.Println("    " + line)
	t.lines.WriteString(line + "\n")
}

// Step begins a new part of the run.
func (t *Transcript) Step(format string, args ...any) {
	t.lines.WriteString("\n")
	t.Say(format, args...)
}

// Text is the whole.
func (t *Transcript) Text() string { return t.lines.String() }

// Compare holds the stable parts against those of a committed transcript.
func (t *Transcript) Compare(path string) error {
	committed, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	mask := func(text string) []string {
		return strings.Split(varying.ReplaceAllString(text, "{}"), "\n")
	}
	want, have := mask(string(committed)), mask(t.Text())
	for i := range max(len(want), len(have)) {
		line := func(lines []string) string {
			if i < len(lines) {
				return lines[i]
			}
			return "(nothing)"
		}
		if line(want) != line(have) {
			return fmt.Errorf("the run differs from its transcript in line %d\n  committed: %s\n  now:       %s\nif that is meant: cargo xtask interop --write",
				i+1, line(want), line(have))
		}
	}
	return nil
}

// hash writes a root hash as checkpoints do.
func hash(bytes []byte) string { return base64.StdEncoding.EncodeToString(bytes) }

// plural says how many there are of something.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
