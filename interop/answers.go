package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// asker makes requests of C2SP tlog-witness for a log of its own: right ones and wrong ones.
type asker struct {
	name, key string
	signer    note.Signer
	stored    *[]tlog.Hash
}

// question is one request and the status that the specification wants; 0 where it says nothing.
type question struct {
	what string
	want int
	body []byte
	err  error
}

// answers puts the same requests to litewitness and to our witness. The specification decides where they differ.
func answers(s *Stand, t *Transcript) error {
	stored, err := nineEntries()
	if err != nil {
		return err
	}
	// What a witness should refuse, and may not, is asked of a log of its own, so that it moves no other answer.
	var askers []*asker
	var keys []string
	for number := range 4 {
		asker, err := newAsker(fmt.Sprintf("log.example/number-%d", number), stored)
		if err != nil {
			return err
		}
		askers, keys = append(askers, asker), append(keys, asker.key)
	}
	lite, err := s.makeLitewitness(keys...)
	if err != nil {
		return err
	}
	if err := s.startLitewitness(lite); err != nil {
		return err
	}
	made := []string{"witness", "init", "watch", "--name", "witness.example/ours"}
	for _, key := range keys {
		made = append(made, "--log", key)
	}
	if _, err := s.ours(made...); err != nil {
		return err
	}
	_, address, err := s.start(s.binary, true, "witness", "serve", "watch", "--listen", "127.0.0.1:0")
	if err != nil {
		return err
	}
	questions, err := questions(askers)
	if err != nil {
		return err
	}
	t.Step("one request after the other to both; C2SP tlog-witness v1.0.0 says which status is right, or nothing (-)")
	t.Say("right  ours  litewitness")
	var wrong int
	for _, question := range questions {
		ours, err := post(address, question.body)
		if err != nil {
			return err
		}
		theirs, err := post(fmt.Sprintf("http://127.0.0.1:%d", lite.port), question.body)
		if err != nil {
			return err
		}
		mark := ""
		if theirs != ours {
			mark = "   <- they differ"
		}
		right := "-"
		if question.want != 0 {
			right = fmt.Sprint(question.want)
		}
		t.Say("%5s %5d %12d  %s%s", right, ours, theirs, question.what, mark)
		if question.want != 0 && ours != question.want {
			wrong++
		}
	}
	if wrong > 0 {
		return fmt.Errorf("our witness gives %s the specification does not", plural(wrong, "answer", "answers"))
	}
	return nil
}

func post(address string, body []byte) (int, error) {
	answer, err := http.Post(address+"/add-checkpoint", "text/plain", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode == http.StatusConflict {
		// Both say the size, or nothing can go on.
		if kind := answer.Header.Get("Content-Type"); kind != "text/x.tlog.size" || !strings.HasSuffix(string(text), "\n") {
			err = fmt.Errorf("a 409 of type %q: %q", kind, text)
		}
	}
	return answer.StatusCode, err
}

// nineEntries gives the stored hashes of a log of nine entries.
func nineEntries() (*[]tlog.Hash, error) {
	var stored []tlog.Hash
	for index := range int64(9) {
		hashes, err := tlog.StoredHashes(index, entry(index), memoryOf(&stored))
		if err != nil {
			return nil, err
		}
		stored = append(stored, hashes...)
	}
	return &stored, nil
}

func newAsker(name string, stored *[]tlog.Hash) (*asker, error) {
	private, public, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(private)
	return &asker{name, public, signer, stored}, err
}

// memoryOf reads the hashes stored so far.
func memoryOf(stored *[]tlog.Hash) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			if index >= int64(len(*stored)) {
				return nil, errors.New("no such hash")
			}
			found[i] = (*stored)[index]
		}
		return found, nil
	})
}

// request writes the body of an add-checkpoint.
func request(old string, proof tlog.TreeProof, signed []byte) []byte {
	body := "old " + old + "\n"
	for _, hash := range proof {
		body += base64.StdEncoding.EncodeToString(hash[:]) + "\n"
	}
	return append([]byte(body+"\n"), signed...)
}

// ask makes one request: an old size, a proof, and a checkpoint of any size and root with the log's signature.
func (a *asker) ask(what string, want int, old string, proof tlog.TreeProof, size int64, root tlog.Hash) question {
	text := fmt.Sprintf("%s\n%d\n%s\n", a.name, size, root)
	signed, err := note.Sign(&note.Note{Text: text}, a.signer)
	return question{what, want, request(old, proof, signed), err}
}

func (a *asker) root(size int64) tlog.Hash {
	// Hashes of nine entries are in memory: there is nothing to fail.
	root, _ := tlog.TreeHash(size, memoryOf(a.stored))
	return root
}

func (a *asker) proof(from, to int64) tlog.TreeProof {
	proof, _ := tlog.ProveTree(to, from, memoryOf(a.stored))
	return proof
}

// changed changes what is sent.
func (q question) changed(change func([]byte) []byte) question {
	q.body = change(q.body)
	return q
}

// unsigned leaves the note without a signature line.
func unsigned(body []byte) []byte { return body[:bytes.LastIndex(body, []byte("\n\n"))+2] }

// misnamed asks about a log that nobody watches.
func misnamed(body []byte) []byte {
	return bytes.ReplaceAll(body, []byte("number-0"), []byte("unknown"))
}

// strange leaves the signature of a key with another name.
func strange(body []byte) []byte {
	return bytes.ReplaceAll(body, []byte("\u2014 log.example/number-0"), []byte("\u2014 log.example/strange"))
}

// missigned puts another signature behind the right name and key.
func missigned(body []byte) []byte {
	at := len(body) - 12
	return append(append(bytes.Clone(body[:at]), "AAAA"...), body[at+4:]...)
}

// questions are in an order: what both accept moves both to the same size.
func questions(askers []*asker) ([]question, error) {
	a := askers[0]
	other := tlog.RecordHash([]byte("something else"))
	five, nine := a.root(5), a.root(9)
	asked := []question{
		a.ask("a log that is not watched", 404, "0", nil, 5, five).changed(misnamed),
		a.ask("no signature line, so no note", 0, "0", nil, 5, five).changed(unsigned),
		a.ask("a signature of a key that nobody knows", 403, "0", nil, 5, five).changed(strange),
		a.ask("a signature of the log's key that does not verify", 403, "0", nil, 5, five).changed(missigned),
		a.ask("an old size beyond the checkpoint's", 400, "6", nil, 5, five),
		a.ask("64 lines of proof", 400, "0", make(tlog.TreeProof, 64), 5, five),
		a.ask("the first checkpoint, size 5", 200, "0", nil, 5, five),
		a.ask("the same once more", 200, "5", nil, 5, five),
		a.ask("old size 0 again", 409, "0", nil, 5, five),
		a.ask("the same size with another root", 422, "5", nil, 5, other),
		a.ask("size 9 without a proof", 422, "5", nil, 9, nine),
		a.ask("size 9 with the proof from another size", 422, "5", a.proof(4, 9), 9, nine),
		a.ask("size 9 with its proof", 200, "5", a.proof(5, 9), 9, nine),
		a.ask("back to size 5", 409, "5", nil, 5, five),
		askers[1].ask("an old size with a leading zero", 400, "00", nil, 5, five),
		askers[2].ask("old size 0 with a proof", 422, "0", a.proof(3, 5), 5, five),
		askers[3].ask("size 0 with a root that is not the empty tree's", 422, "0", nil, 0, other),
	}
	for _, question := range asked {
		if question.err != nil {
			return nil, question.err
		}
	}
	return asked, nil
}
