package api

import (
	"errors"
	"testing"

	"trainyard/format"
	"trainyard/format/pyjson"
)

func readOne(t *testing.T, text string) (m format.Message, err error) {
	t.Helper()
	err = pyjson.WithIndex([]byte(text), func(v pyjson.Value) error {
		m, err = ReadMessage(v)
		return err
	})
	return m, err
}

func TestMarksOfEveryTrainerAreHeeded(t *testing.T) {
	for mark, untrained := range map[string]bool{
		`"weight":0`: true, `"weight":1`: false, `"weight":0.0`: true, `"weight":null`: false,
		`"train":false`: true, `"train":true`: false, `"training":false`: true, `"trainable":false`: true, `"trainable":true`: false,
		`"loss":false`: true, `"loss":true`: false, `"loss":0`: true, `"loss":1.0`: false, `"loss_scale":0`: true, `"loss_scale":1.0`: false,
		`"loss":true,"loss_scale":0.0`: true, `"loss":false,"loss_scale":0.5`: true,
		`"loss_mask":0`: true, `"loss_mask":1`: false, `"loss_weight":0.0`: true,
		`"turn_mask":true`: true, `"turn_mask":false`: false, `"masked":true`: true, `"masked":false`: false,
		`"step_loss_mask":1`: false, `"step_loss_mask":0`: true, `"step_loss_mask":null`: true,
		`"train_detail":[]`: true, `"train_detail":[],"train":true`: false, `"train_detail":null`: false,
		`"train":false,"train_detail":[{"begin_offset":0,"end_offset":1,"train":true}]`:                                   true,
		`"train_detail":[{"begin_offset":0,"end_offset":5,"train":false}]`:                                                true,
		`"train_detail":[{"begin_offset":0,"end_offset":0,"train":false},{"begin_offset":1,"end_offset":5,"train":true}]`: false,
	} {
		m, err := readOne(t, `{"role":"assistant","content":"answer",`+mark+`}`)
		if err != nil || m.Untrained != untrained {
			t.Errorf("%s: got untrained %v, %v, want %v", mark, m.Untrained, err, untrained)
		}
		if m, err := readOne(t, `{"role":"tool","content":"answer","loss_mask":0,"trainable":false,"loss":true,"weight":1}`); err != nil || m.Untrained {
			t.Errorf("marks of a result: got %v, %v", m.Untrained, err)
		}
	}
}

func TestMarksThatNoRowCanSayAreRefused(t *testing.T) {
	for _, message := range []string{
		`{"role":"assistant","content":"a","weight":0.5}`,
		`{"role":"assistant","content":"a","loss_scale":2}`,
		`{"role":"assistant","content":"a","loss":"false"}`,
		`{"role":"user","content":"a","train":true}`,
		`{"role":"user","content":"a","loss_weight":1}`,
		`{"role":"assistant","content":"a","train_detail":{"begin_offset":0}}`,
		`{"role":"assistant","content":"a","train_detail":[{"begin_offset":0,"end_offset":0}]}`,
		`{"role":"assistant","content":"a","train_detail":[{"begin_offset":1,"end_offset":2,"train":true}]}`,
		`{"role":"assistant","content":"ab","train_detail":[{"begin_offset":1,"end_offset":0,"train":true}]}`,
		`{"role":"assistant","content":[{"type":"text","text":"a","weight":0.3}]}`,
		`{"role":"user","content":[{"type":"text","text":"a","train":true}]}`,
	} {
		_, err := readOne(t, message)
		var r *format.Reject
		if !errors.As(err, &r) || r.Reason != format.LossMark {
			t.Errorf("%s: got %v", message, err)
		}
	}
}

// Offsets count characters as Python does, the end included; what no span names
// is not learned, but for white space in front of what is.
func TestPartsOfATextAreMasked(t *testing.T) {
	for _, c := range []struct{ name, message, masked string }{
		{"axolotl's spans", `{"content":"BAD good","train_detail":[{"begin_offset":0,"end_offset":2,"train":false},{"begin_offset":3,"end_offset":7,"train":true}]}`, "BAD"},
		{"characters, not bytes", `{"content":"é日本 <b>","train_detail":[{"begin_offset":1,"end_offset":2,"train":false},{"begin_offset":0,"end_offset":0,"train":true},{"begin_offset":3,"end_offset":6,"train":true}]}`, "日本"},
		{"an end beyond the text", `{"content":"ab","train_detail":[{"begin_offset":0,"end_offset":0,"train":true},{"begin_offset":1,"end_offset":9,"train":false}]}`, "b"},
		{"what is not named", `{"content":"BAD good bad","train_detail":[{"begin_offset":4,"end_offset":7,"train":true}]}`, "BAD| bad"},
		{"of two that overlap the excluding one", `{"content":"abcd","train_detail":[{"begin_offset":0,"end_offset":3,"train":true},{"begin_offset":1,"end_offset":2,"train":false}]}`, "bc"},
		{"parts", `{"content":[{"type":"text","text":"BAD","train":false},{"type":"text","text":" good"}]}`, "BAD"},
		{"parts by weight, untyped", `{"content":[{"text":"good","weight":1},{"content":" BAD","weight":0}]}`, " BAD"},
	} {
		m, err := readOne(t, `{"role":"assistant",`+c.message[1:])
		masked := ""
		for i, s := range m.Masked {
			if i > 0 {
				masked += "|"
			}
			masked += m.Content[s.Start:s.End]
		}
		if err != nil || masked != c.masked {
			t.Errorf("%s: got %q of %q, %v, want %q", c.name, masked, m.Content, err, c.masked)
		}
	}
}

func TestAListBesideTheMessagesMarksThem(t *testing.T) {
	const list = `[{"role":"system","content":"s"},{"role":"user","content":"1"},{"role":"assistant","content":"bad"},{"role":"user","content":"2"},{"role":"assistant","content":"ok"}]`
	for mask, want := range map[string][2]bool{
		`[0,0,0,0,1]`: {true, false}, `[0,0,0,1]`: {true, false}, `[1,1,true,0,false]`: {false, true}, `null`: {false, false}, `"[0, 0, 0, 1]"`: {true, false},
	} {
		messages, err := readMarked(t, list, mask)
		if err != nil || messages[2].Untrained != want[0] || messages[4].Untrained != want[1] || messages[1].Untrained {
			t.Errorf("%s: got %+v, %v", mask, messages, err)
		}
	}
	for _, mask := range []string{`[0,0,1]`, `[]`, `1`, `[0,0,0,0.5,1]`, `[[0],[0],[0],[0],[1]]`, `[0,0,null,0,1]`} {
		var r *format.Reject
		if _, err := readMarked(t, list, mask); !errors.As(err, &r) || r.Reason != format.LossMark {
			t.Errorf("%s: got %v", mask, err)
		}
	}
}

func readMarked(t *testing.T, list, mask string) (messages []format.Message, err error) {
	t.Helper()
	err = pyjson.WithIndex([]byte(`{"messages":`+list+`,"loss_mask":`+mask+`}`), func(v pyjson.Value) error {
		messages, err = ReadMessagesOf(v, v.Get("messages"))
		return err
	})
	return messages, err
}

func TestThoughtsAreReadFromWhereServersLogThem(t *testing.T) {
	for members, want := range map[string]string{
		`"reasoning_content":"a"`: "a", `"reasoning":"a"`: "a", `"thinking":"a"`: "a",
		`"reasoning_content":"a","reasoning":null`: "a", `"reasoning":null,"reasoning_content":"a"`: "a",
		`"reasoning_content":"a","reasoning":"a"`: "a", `"reasoning_content":"a","reasoning":"b"`: "a\n\nb",
		`"reasoning":"a","reasoning_details":[{"type":"reasoning.text","text":"a"}]`:                                 "a",
		`"reasoning_details":[{"type":"reasoning.summary","summary":"a"},{"type":"reasoning.encrypted","data":"x"}]`: "a",
		`"thinking_blocks":[{"type":"thinking","thinking":"a","signature":"s"}]`:                                     "a",
		`"reasoning_content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]`:                                "a\nb",
		`"reasoning":{"effort":"high"}`: "",
	} {
		m, err := readOne(t, `{"role":"assistant","content":"c",`+members+`}`)
		if err != nil || m.Reasoning != want || m.UntrainedThought {
			t.Errorf("%s: got %q, %v, want %q", members, m.Reasoning, err, want)
		}
	}
	if m, err := readOne(t, `{"role":"assistant","content":"c","reasoning_content":[{"text":"a","train":false},{"text":"b"}]}`); err != nil || m.Reasoning != "ab" || !m.UntrainedThought {
		t.Errorf("a part of a thought: got %+v, %v", m, err)
	}
}
