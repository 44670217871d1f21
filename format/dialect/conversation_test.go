package dialect_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/container"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
)

// tarred packs files, given as name and content in turns.
func tarred(tb testing.TB, files ...string) string {
	tb.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		if err := w.WriteHeader(&tar.Header{Name: files[i], Mode: 0o644, Size: int64(len(files[i+1]))}); err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// sdkEvents are the files of a conversation in which the agent was asked q
// and said each of the answers.
func sdkEvents(dir string, answers ...string) []string {
	files := []string{dir + "/events/event-00000-e0.json", `{"id":"e0","source":"user","kind":"MessageEvent","llm_message":{"role":"user","content":"q"}}`}
	for i, answer := range answers {
		files = append(files, fmt.Sprintf("%s/events/event-%05d-e%d.json", dir, i+1, i+1),
			fmt.Sprintf(`{"id":"e%d","source":"agent","kind":"MessageEvent","llm_message":{"role":"assistant","content":%q}}`, i+1, answer))
	}
	return files
}

const sdkState = `{"id":"u-1","agent":{"llm":{"model":"m"}},"execution_status":"finished"}`

func TestAnArchiveHoldsConversationsAndFilesOfRecords(t *testing.T) {
	content := tarred(t, append(append(append([]string{"c/one/base_state.json", sdkState, "c/one/notes.txt", "no record"},
		sdkEvents("c/one", "a", "b")...), sdkEvents("c/two", "c")...), "rows/x.jsonl", chatLine(1)+"\n"+chatLine(2), "rows/.hidden.jsonl", "{")...)
	for name, packed := range map[string]string{"run.tar": content, "run.tar.gz": gzipped(t, content), "run.tgz": gzipped(t, content), "run.tar.zst": zstdPacked(t, content)} {
		path := formattest.Write(t, "acme__w-1."+strings.TrimPrefix(name, "run."), packed)
		list := formattest.ReadAll(t, dialect.Input{Path: path})
		if got := formattest.Tally(t, list); got != "4 parsed" {
			t.Fatalf("%s: got %s; %v", name, got, firstReject(list))
		}
		one := list[0]
		if one.Record.File != path+":c/one" || one.T.InstanceID != "acme__w-1" || one.T.Repo != "acme/w" || one.T.ID != "u-1" || one.T.Teacher != "m" ||
			one.T.ExitStatus != "finished" || len(one.T.Messages) != 3 || list[3].Record.File != path+":rows/x.jsonl" || list[3].Record.Line != 2 {
			t.Errorf("%s: got %s %+v, then %s", name, one.Record.File, one.T, list[3].Record.File)
		}
	}
}

func TestAnUnpackedConversationEqualsItsArchive(t *testing.T) {
	root := t.TempDir()
	files := append([]string{"c1/base_state.json", sdkState}, sdkEvents("c1", "a", "b")...)
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(root, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	unpacked := formattest.ReadAll(t, dialect.Input{Path: root})
	packed := formattest.ReadAll(t, dialect.Input{Path: formattest.Write(t, "x.tar", tarred(t, files...))})
	if len(unpacked) != 1 || len(packed) != 1 || unpacked[0].Err != nil || packed[0].Err != nil {
		t.Fatalf("%d and %d records: %v %v", len(unpacked), len(packed), firstReject(unpacked), firstReject(packed))
	}
	if a, b := unpacked[0].T, packed[0].T; a.ID != b.ID || dialect.Digest(a) != dialect.Digest(b) || a.Teacher != b.Teacher || unpacked[0].Record.File != filepath.Join(root, "c1") {
		t.Errorf("got %+v and %+v", a, b)
	}
}

func TestAConversationWithAHoleIsOneReject(t *testing.T) {
	whole := sdkEvents("c", "a", "b")
	broken := append([]string(nil), whole...)
	broken[3] = broken[3][:20]
	packed := tarred(t, whole...)
	for _, c := range []struct{ name, content, want string }{
		{"whole", packed, "1 parsed"},
		{"a file that is cut off inside", tarred(t, broken...), "1 not_json"},
		{"an archive that is cut off", packed[:1600], "1 truncated"},
		{"longer than a record may be", tarred(t, sdkEvents("c", strings.Repeat("x", 3000))...), "1 too_large"},
		{"files that stand apart", tarred(t, append(append(append([]string(nil), whole[:4]...), sdkEvents("d", "a")...), whole[4:]...)...), "1 truncated, 2 parsed"},
		{"a state without events", tarred(t, "c/base_state.json", sdkState), "1 no_messages"},
		{"nothing of use", tarred(t, "a.txt", "x", "deep.tar.gz", "x"), "1 empty_file"},
		{"no tar", strings.Repeat("x", 2000), "1 truncated"},
		{"a Parquet file inside", tarred(t, "a.parquet", "PAR1"), "1 truncated"},
	} {
		list := formattest.ReadAll(t, dialect.Input{Path: formattest.Write(t, "x.tar", c.content), MaxRecord: 2000})
		if got := formattest.Tally(t, list); got != c.want {
			t.Errorf("%s: got %s, want %s; %v", c.name, got, c.want, firstReject(list))
		}
	}
}

func TestACondensedConversationIsOneRecordForEachView(t *testing.T) {
	files := append(sdkEvents("c", "a", "b"), "c/events/event-00003-e3.json",
		`{"id":"e3","source":"environment","kind":"Condensation","forgotten_event_ids":["e1"],"summary":"S","summary_offset":1,"llm_response_id":"r"}`,
		"c/events/event-00004-e4.json", `{"id":"e4","source":"agent","kind":"MessageEvent","llm_message":{"role":"assistant","content":"d"}}`)
	var got []string
	for _, o := range formattest.ReadAll(t, dialect.Input{Path: formattest.Write(t, "x.tar", tarred(t, files...))}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		for _, m := range o.T.Messages {
			got = append(got, string(m.Role[0])+":"+m.Content)
		}
		got = append(got, "|")
	}
	if want := "u:q a:a a:b | u:q u:S a:b a:d |"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestResultsOfTheSDKAreShownAsItShowsThem(t *testing.T) {
	const call = `{"id":"c","source":"agent","kind":"ActionEvent","thought":[],"tool_call":{"id":"1","name":"f","arguments":"{}"},"llm_response_id":"r"},`
	for _, c := range []struct{ name, event, want string }{
		{"text in parts", `"kind":"ObservationEvent","observation":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}`, "a\nb"},
		{"text as it was in 2025", `"kind":"ObservationEvent","observation":{"output":"a"}`, "a"},
		{"a failure", `"kind":"ObservationEvent","observation":{"content":"a","is_error":true}`, "[An error occurred during execution.]\n\na"},
		{"a command that runs on", `"kind":"ObservationEvent","observation":{"content":"a","metadata":{"exit_code":-1,"suffix":"…"}}`, "a…"},
		{"a wrong call", `"kind":"AgentErrorEvent","error":"no such tool"`, "no such tool"},
		{"a refusal", `"kind":"UserRejectObservation","rejection_reason":"no"`, "Action rejected: no"},
		{"an image", `"kind":"ObservationEvent","observation":{"content":[{"type":"image","image_urls":["x"]}]}`, format.ImagePart},
	} {
		record := `{"history":[{"id":"u","source":"user","kind":"MessageEvent","llm_message":{"role":"user","content":"q"}},` + call +
			`{"id":"o","source":"environment","tool_call_id":"1","tool_name":"f",` + c.event + `}]}`
		tr, err := formattest.ParseRecord("openhands-sdk", record)
		got := formattest.ReasonOf(t, err)
		if err == nil {
			got = tr.Messages[2].Content
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzArchive(f *testing.F) {
	f.Add([]byte(tarred(f, append(sdkEvents("c", "a", "b"), "c/base_state.json", sdkState, "x.jsonl", chatLine(1))...)))
	f.Add([]byte(gzipped(f, tarred(f, sdkEvents("c", "a")...))))
	f.Fuzz(func(t *testing.T, raw []byte) {
		feed := container.Feed{Max: 1 << 16, Shape: dialect.ShapeOf(dialect.Auto, 1<<16)}
		yield := func(rec format.Record) error {
			if (rec.Err == nil) == (rec.Raw == nil) {
				t.Errorf("record %s:%d has error %v and %d bytes", rec.File, rec.Line, rec.Err, len(rec.Raw))
			}
			return nil
		}
		if err := feed.Stream(context.Background(), "x.tar", bytes.NewReader(raw), yield); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	})
}
