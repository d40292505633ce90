package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// patience is the longest wait for anything; never reached where things work.
const patience = 2 * time.Minute

// Stand is where one scenario plays: a fresh folder, and the processes started in it.
type Stand struct {
	dir, binary, tools, root string
	running                  []*Process
}

// Process is a running server of either side.
type Process struct {
	cmd  *exec.Cmd
	mu   sync.Mutex
	err  bytes.Buffer
	done chan error
	over bool
}

func (s *Stand) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

func (s *Stand) tool(name string) string { return filepath.Join(s.tools, name) }

// ours runs the command under test and gives its standard output.
func (s *Stand) ours(args ...string) (string, error) { return s.run(s.binary, args...) }

// run runs a program to its end in the stand's folder and gives its standard output.
func (s *Stand) run(program string, args ...string) (string, error) {
	cmd := exec.Command(program, args...)
	cmd.Dir = s.dir
	var out, problem bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problem
	if err := cmd.Run(); err != nil {
		shown := filepath.Base(program) + " " + strings.Join(args, " ")
		return out.String(), fmt.Errorf("%s: %w\n%s%s", shown, err, out.String(), problem.String())
	}
	return out.String(), nil
}

// start starts a server in the stand's folder. If it prints its address, the address is given once it does.
func (s *Stand) start(program string, printsAddress bool, args ...string) (*Process, string, error) {
	cmd := exec.Command(program, args...)
	cmd.Dir = s.dir
	process := &Process{cmd: cmd, done: make(chan error, 1)}
	cmd.Stderr = process
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	s.running = append(s.running, process)
	first := make(chan string, 1)
	go func() {
		lines := bufio.NewReader(out)
		line, _ := lines.ReadString('\n')
		first <- line
		_, _ = io.Copy(io.Discard, lines)
		process.done <- cmd.Wait()
	}()
	if !printsAddress {
		return process, "", nil
	}
	select {
	case line := <-first:
		words := strings.Fields(line)
		if len(words) == 0 || !strings.HasPrefix(words[len(words)-1], "http://") {
			return nil, "", fmt.Errorf("%s printed %q, no address\n%s", filepath.Base(program), line, process.Errors())
		}
		return process, words[len(words)-1], nil
	case <-time.After(patience):
		return nil, "", fmt.Errorf("%s printed no address", filepath.Base(program))
	}
}

// Write takes what the process writes to standard error.
func (p *Process) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err.Write(text)
}

// Errors gives what the process has written to standard error.
func (p *Process) Errors() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err.String()
}

// stop asks a process politely to end and waits for it.
func (p *Process) stop() error {
	if p.over {
		return nil
	}
	p.over = true
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case err := <-p.done:
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", filepath.Base(p.cmd.Path), err, p.Errors())
		}
		return nil
	case <-time.After(patience):
		return errors.Join(fmt.Errorf("%s does not end", filepath.Base(p.cmd.Path)), p.cmd.Process.Kill())
	}
}

// close stops what still runs and removes the folder.
func (s *Stand) close() error {
	var problems []error
	for _, process := range s.running {
		problems = append(problems, process.stop())
	}
	problems = append(problems, os.RemoveAll(s.dir))
	return errors.Join(problems...)
}

// freePort gives a port of 127.0.0.1 for a server whose address is needed before it is started.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// get reads an address; anything but 200 is an error.
func get(url string) ([]byte, error) {
	answer, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s", url, answer.Status)
	}
	return body, err
}

// until tries again until it succeeds or patience is over.
func until(what string, try func() error) error {
	end := time.Now().Add(patience)
	for {
		err := try()
		if err == nil {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s: %w", what, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
