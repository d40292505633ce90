// Command interop lets Solferino and software written by others work with each other, on 127.0.0.1 only, and keeps a
// transcript of each run. docs/interop.md says what the runs show; `cargo xtask interop` starts them.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// scenario is one run: what it does, and the modules whose code takes part.
type scenario struct {
	name    string
	title   string
	modules []string
	run     func(*Stand, *Transcript) error
}

var scenarios = []scenario{
	{"litewitness", "litewitness cosigns our log; torchwood verifies our checkpoints and receipts",
		[]string{"filippo.io/torchwood", "github.com/transparency-dev/tessera", "golang.org/x/mod"}, litewitness},
	{"readers", "Tessera's client and fsck, and torchwood's client, read our tiles",
		[]string{"filippo.io/torchwood", "github.com/transparency-dev/tessera", "github.com/transparency-dev/merkle", "golang.org/x/mod"}, readers},
	{"notes", "sumdb note and transparency-dev's formats verify our signatures of every type, and read our keys and policies",
		[]string{"github.com/transparency-dev/formats", "golang.org/x/mod", "filippo.io/torchwood", "github.com/transparency-dev/tessera"}, notes},
	{"witness", "our witness cosigns a log run by Tessera",
		[]string{"github.com/transparency-dev/tessera", "github.com/transparency-dev/formats", "golang.org/x/mod"}, witness},
	{"answers", "the same requests to litewitness and to our witness",
		[]string{"filippo.io/torchwood", "golang.org/x/mod"}, answers},
}

func main() {
	binary := flag.String("solferino", "", "the command under test")
	tools := flag.String("tools", "", "folder with litewitness, witnessctl and posix-oneshot")
	root := flag.String("root", "", "the repository")
	write := flag.Bool("write", false, "write the transcripts instead of comparing")
	flag.Parse()
	if *binary == "" || *tools == "" || *root == "" {
		fmt.Fprintln(os.Stderr, "interop: started by `cargo xtask interop`, which gives -solferino, -tools and -root")
		os.Exit(2)
	}
	// Commands run in folders of their own.
	for _, path := range []*string{binary, tools, root} {
		absolute, err := filepath.Abs(*path)
		if err != nil {
			fmt.Fprintln(os.Stderr, "interop:", err)
			os.Exit(1)
		}
		*path = absolute
	}
	var failed []string
	for _, scenario := range chosen(flag.Args()) {
		if err := play(scenario, *binary, *tools, *root, *write); err != nil {
			fmt.Fprintf(os.Stderr, "interop: %s: %v\n", scenario.name, err)
			failed = append(failed, scenario.name)
		}
	}
	if len(failed) > 0 {
		fmt.Fprintf(os.Stderr, "interop: FAILED: %s\n", strings.Join(failed, ", "))
		os.Exit(1)
	}
}

// chosen gives the scenarios of these names, or all.
func chosen(names []string) []scenario {
	if len(names) == 0 {
		return scenarios
	}
	var found []scenario
	for _, name := range names {
		before := len(found)
		for _, scenario := range scenarios {
			if scenario.name == name {
				found = append(found, scenario)
			}
		}
		if len(found) == before {
			fmt.Fprintf(os.Stderr, "interop: there is no run %q\n", name)
			os.Exit(2)
		}
	}
	return found
}

// play runs one scenario in a fresh folder and compares its transcript with the committed one, or writes it.
func play(scenario scenario, binary, tools, root string, write bool) (err error) {
	fmt.Printf("==> %s: %s\n", scenario.name, scenario.title)
	dir, err := os.MkdirTemp("", "interop")
	if err != nil {
		return err
	}
	stand := &Stand{dir: dir, binary: binary, tools: tools, root: root}
	defer func() { err = errors.Join(err, stand.close()) }()
	transcript := &Transcript{}
	transcript.Say("%s", scenario.title)
	transcript.Say("what differs from run to run stands in braces; everything else is compared")
	for _, module := range scenario.modules {
		version, err := versionOf(module)
		if err != nil {
			return err
		}
		transcript.Say("with %s %s", module, version)
	}
	if err := scenario.run(stand, transcript); err != nil {
		return fmt.Errorf("%w\nthe run so far:\n%s", err, transcript.Text())
	}
	transcript.Step("done: everything above held")
	path := filepath.Join(root, "interop", "transcripts", scenario.name+".txt")
	if write {
		return os.WriteFile(path, []byte(transcript.Text()), 0o644)
	}
	return transcript.Compare(path)
}

// versionOf gives the version of a module that this program was built with.
func versionOf(module string) (string, error) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", errors.New("this program was built without module information")
	}
	for _, dep := range info.Deps {
		if dep.Path == module {
			return dep.Version, nil
		}
	}
	return "", fmt.Errorf("this program was built without %s", module)
}
