package main

import (
	"slices"
	"strings"
	"testing"
)

func TestTheScannerSeparatesDocFromBody(t *testing.T) {
	files := tree{
		"a.py": "import os\n\n\ndef first(x):\n    \"\"\"One line.\"\"\"\n    return x\n\n\ndef second():\n    \"\"\"Two\n    lines.\n    \"\"\"\n    y = 1\n\n    return first(y)\n",
		"b.go": "package b\n\n// Third adds.\n// It does.\nfunc (t *T) Third(n int) int {\n\treturn n\n}\n",
		"c.sh": "# fourth prints.\nfourth() {\n    echo 4\n}\n",
	}
	for _, want := range []struct {
		name, doc, body string
	}{
		{"first", `    """One line."""`, "    return x"},
		{"second", "    \"\"\"Two\n    lines.\n    \"\"\"", "    y = 1\n\n    return first(y)"},
		{"Third", "// Third adds.\n// It does.", "\treturn n"},
		{"fourth", "# fourth prints.", "    echo 4"},
	} {
		s, err := files.find(want.name)
		if err != nil {
			t.Fatal(err)
		}
		if doc := strings.Join(s.doc(), "\n"); doc != want.doc {
			t.Errorf("doc of %s: %q", want.name, doc)
		}
		if body := strings.Join(s.body(), "\n"); body != want.body {
			t.Errorf("body of %s: %q", want.name, body)
		}
	}
}

func TestRelationsAreCallsElseCallers(t *testing.T) {
	all, err := loadRepos("../repos")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		name, label string
		names       []string
	}{
		{"allocate", dependsOn, []string{"merge_lots", "release", "reserve", "take_from_lots"}},
		{"Serve", dependsOn, []string{"ClientKey", "NewBucket", "Take"}},
		{"next_release", dependsOn, []string{"bump_version", "newest_release"}},
		{"display_width", usedBy, []string{"break_word", "fill_lines", "stretch_line"}},
		{"sumLines", usedBy, []string{"Post"}},
	} {
		repo, s, err := owner(all, want.name)
		if err != nil {
			t.Fatal(err)
		}
		label, names := relations(all[repo], s)
		if label != want.label || !slices.Equal(names, want.names) {
			t.Errorf("%s: %s %v", want.name, label, names)
		}
	}
}

func TestTheEditorTellsWhyItChangesNothing(t *testing.T) {
	needTools(t)
	c, err := newCheckout(t.Context(), "me/box", tree{"a.txt": "one\ntwo\none\n"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	const file = "/workspace/box/a.txt"
	for _, want := range []struct {
		args editorArgs
		says string
	}{
		{editorArgs{Command: "str_replace", Path: file, OldStr: "one", NewStr: "1"}, "occurs 2 times"},
		{editorArgs{Command: "str_replace", Path: file, OldStr: "three", NewStr: "3"}, "does not occur"},
		{editorArgs{Command: "insert", Path: file, InsertLine: 9, NewStr: "x"}, "has 3 lines"},
		{editorArgs{Command: "view", Path: file, ViewRange: []int{7, 9}}, "lies outside"},
		{editorArgs{Command: "view", Path: "/workspace/box/b.txt"}, "no such file"},
	} {
		if said := c.edit(want.args); !strings.Contains(said, want.says) {
			t.Errorf("%+v: %q", want.args, said)
		}
	}
	if patch, err := c.patch(t.Context()); err != nil || patch != "" {
		t.Errorf("the file changed (error %v): %s", err, patch)
	}
}
