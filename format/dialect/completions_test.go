package dialect_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/format/dialect"
	"trainyard/format/formattest"
)

// callLog is one logged model call: n turns so far, then the response.
func callLog(system string, turns int, time string) string {
	messages := []string{`{"role":"system","content":[{"type":"text","text":"` + system + `","cache_control":{"type":"ephemeral"}}]}`}
	for i := range turns {
		messages = append(messages, fmt.Sprintf(`{"role":"user","content":"q%d"}`, i))
		if i < turns-1 {
			messages = append(messages, fmt.Sprintf(`{"role":"assistant","content":"a%d"}`, i))
		}
	}
	return fmt.Sprintf(`{"messages":[%s],"response":{"model":"claude","choices":[{"message":{"role":"assistant","content":"a%d"}}]},"args":[],"kwargs":{"tools":[{"type":"function","function":{"name":"f"}}]},"timestamp":%s,"cost":0.1}`,
		strings.Join(messages, ","), turns-1, time)
}

// completionDir lays out llm_completions/INSTANCE/FILE.
func completionDir(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "llm_completions")
	for path, content := range files {
		full := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAFolderOfCompletionsIsOneTrajectory(t *testing.T) {
	dir := completionDir(t, map[string]string{
		"o__n-1/m-1757015025.9.json":   callLog("S", 1, "1757015025.9"),
		"o__n-1/m-1757015025.95.json":  callLog("S", 2, "1757015025.95"),
		"o__n-1/m-1757015033.222.json": callLog("S", 3, "1757015033.222"),
		"o__n-1/z-1757015099.1.json":   callLog("You condense.", 1, "1757015099.1"),
		"o__n-2/m-999999999.5.json":    callLog("S", 2, "999999999.5"),
		"o__n-2/m-1000000000.5.json":   callLog("S", 3, "1000000000.5"),
	})
	for _, format := range []string{dialect.Auto, "openhands-completions"} {
		list := formattest.ReadAll(t, dialect.Input{Path: dir, Format: format})
		if len(list) != 2 {
			t.Fatalf("%s: %d records, want 2", format, len(list))
		}
		for i, o := range list {
			if o.Err != nil {
				t.Fatal(o.Err)
			}
			last := o.T.Messages[len(o.T.Messages)-1]
			if o.T.InstanceID != fmt.Sprintf("o__n-%d", i+1) || o.T.Repo != "o/n" || o.T.Teacher != "claude" || o.T.Tools == nil ||
				last.Content != "a2" || o.T.Steps() != 3 || o.T.Messages[0].Content != "S" {
				t.Errorf("%s: got %+v", format, o.T)
			}
		}
	}
}

func TestCompletionsAreKnownByTheirNamesAlone(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"m-1757015025.9.json": callLog("S", 1, "1"), "m-1757015026.1.json": callLog("S", 2, "2")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if list := formattest.ReadAll(t, dialect.Input{Path: dir}); len(list) != 1 || list[0].T.Steps() != 2 {
		t.Errorf("got %d records", len(list))
	}
}

func TestStructuredMessagesArePreferredToMockedText(t *testing.T) {
	record := `{"messages":[{"role":"user","content":"q"}],"response":{"choices":[{"message":{"role":"assistant","content":"<function=f>\n"}}]},
		"fncall_messages":[{"role":"user","content":"q"}],
		"fncall_response":{"model":"m","choices":[{"message":{"role":"assistant","content":null,"tool_calls":[{"id":"toolu_01","function":{"name":"f","arguments":"{}"}}]}}]}}`
	tr := formattest.MustParse(t, "openhands-completions", record)
	if last := tr.Messages[1]; len(last.Calls) != 1 || last.Content != "" || tr.Teacher != "m" {
		t.Errorf("got %+v", tr)
	}
}

func TestAFolderWithABrokenCallIsLeftOutWhole(t *testing.T) {
	whole := callLog("S", 2, "2")
	for name, broken := range map[string]string{"not_json": whole[:len(whole)/2], "empty_file": "", "too_large": whole + strings.Repeat(" ", 2000)} {
		dir := completionDir(t, map[string]string{"a/m-1757015025.1.json": callLog("S", 1, "1"), "a/m-1757015026.1.json": broken, "b/m-1757015025.1.json": whole})
		list := formattest.ReadAll(t, dialect.Input{Path: dir, MaxRecord: 1500})
		if len(list) != 2 || formattest.ReasonOf(t, list[0].Err) != name || !strings.HasSuffix(list[0].Record.File, "m-1757015026.1.json") || list[1].Err != nil {
			t.Errorf("%s: got %+v", name, list)
		}
	}
}

func TestRealModelCallLogsKeepTheirStructure(t *testing.T) {
	for dir, steps := range map[string]int{"llm-logs": 6, "nonfncall-llm-logs": 4} {
		list := formattest.ReadAll(t, dialect.Input{Path: formattest.Fixture(t, "openhands_sdk_v1/llm_data/"+dir)})
		if len(list) != 1 || list[0].Err != nil {
			t.Fatalf("%s: got %+v", dir, list)
		}
		tr := list[0].T
		if tr.Steps() != steps || tr.Tools == nil || len(tr.Messages[2].Calls) == 0 {
			t.Errorf("%s: %d steps, tools %.20s, first turn %+v", dir, tr.Steps(), tr.Tools, tr.Messages[2])
		}
	}
}
