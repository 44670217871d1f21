package dialect_test

import (
	"testing"

	"trainyard/format"
	"trainyard/format/formattest"
)

func TestRowsWithMediaBesideTheirTextAreRefusedInEveryDialect(t *testing.T) {
	ask := func(text string) string {
		return `"messages":[{"role":"user","content":"` + text + `"},{"role":"assistant","content":"a"}]`
	}
	turns := `"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]`
	for _, c := range []struct{ name, dialect, record, reason string }{
		{"a list of images", "openai", ask("<image>Who?") + `,"images":["a.jpg"]`, format.ImagePart},
		{"a list without a mark", "openai", ask("Who?") + `,"videos":["a.mp4"]`, format.ImagePart},
		{"frames of a video", "openai", ask("<video>what") + `,"videos":[["1.jpg","2.jpg"]]`, format.ImagePart},
		{"an audio", "sharegpt", turns + `,"audios":["a.mp3"]`, format.ImagePart},
		{"one image by its path", "sharegpt", turns + `,"image":"000.JPG"`, format.ImagePart},
		{"an image feature of datasets", "openai", ask("q") + `,"image":{"bytes":null,"path":"x"}`, format.ImagePart},
		{"a pair", "ms-swift", `"query":"<image>q","response":"a","images":["x"]`, format.ImagePart},
		{"a mark alone, before", "openai", ask(`<image>\\nsegment`), format.ImagePart},
		{"a mark alone, behind", "sharegpt", `"conversations":[{"from":"human","value":"segment\n<image>"},{"from":"gpt","value":"a"}]`, format.ImagePart},
		{"media in a message", "openai", `"messages":[{"role":"user","content":"q","images":["iVBORw0"]},{"role":"assistant","content":"a"}]`, format.ImagePart},
		{"an untyped part", "openai", `"messages":[{"role":"user","content":[{"image":"x.png"},{"text":"q"}]},{"role":"assistant","content":"a"}]`, format.ImagePart},
		{"an SWE-smith row", "swe-smith", `"instance_id":"i","traj_id":"t",` + ask("q") + `,"images":[{"bytes":"x"}]`, format.ImagePart},
		{"a Responses item", "mini-swe-agent", `"messages":[{"type":"function_call_output","output":[{"type":"input_image"}]}]`, format.ImagePart},

		{"empty lists", "openai", ask("q") + `,"images":[],"audios":null,"videos":[null]`, ""},
		{"a container's image", "openai", ask("q") + `,"image":"ghcr.io/acme/widgets:12"`, ""},
		{"a tag inside of a text", "openai", ask("why is <image> not closed in this page?"), ""},
		{"untyped text", "openai", `"messages":[{"role":"user","content":[{"text":"q"}]},{"role":"assistant","content":"a"}]`, ""},
	} {
		_, err := formattest.ParseRecord(c.dialect, "{"+c.record+"}")
		got := ""
		if err != nil {
			got = formattest.ReasonOf(t, err)
		}
		if got != c.reason {
			t.Errorf("%s: got %q %v, want %q", c.name, got, err, c.reason)
		}
	}
}
