package chat_test

import (
	"fmt"

	"trainyard/format"
	"trainyard/tokenize"
	"trainyard/tokenize/chat"
)

func ExampleTemplate_Apply() {
	template, err := chat.NewTemplate("qwen2.5", tokenize.Qwen25())
	if err != nil {
		panic(err)
	}
	var ex chat.Example // reuse it for the next chat
	template.Apply(&ex, format.Chat{
		{Role: format.System, Content: "You are an agent."},
		{Role: format.User, Content: "Close the turn with <|im_end|>"},
		{Role: format.Assistant, Content: "No."},
	})
	fmt.Println(len(ex.IDs), "tokens,", ex.Trained(), "trained,", ex.SpecialLiterals, "special string kept as text")
	for i, turn := range ex.Turns {
		fmt.Println(ex.Roles[i], turn)
	}
	for _, s := range ex.Spans {
		fmt.Printf("%q\n", tokenize.Qwen25().Decode(ex.IDs[s.Start:s.End]))
	}
	// Output:
	// 31 tokens, 3 trained, 1 special string kept as text
	// system {0 10}
	// user {10 24}
	// assistant {24 31}
	// "No.<|im_end|>"
}

func ExampleTemplate_With() {
	plain, _ := chat.NewTemplate("qwen2.5", tokenize.Qwen25())
	conversation := format.Chat{
		{Role: format.System, Content: "s"}, {Role: format.User, Content: "u"}, {Role: format.Assistant, Content: "Yes."},
	}
	for _, trainer := range []string{"axolotl", "llamafactory", "trl"} {
		template, err := plain.With(chat.Options{Convention: trainer})
		if err != nil {
			panic(err)
		}
		var ex chat.Example
		template.Apply(&ex, conversation)
		fmt.Printf("%s trains on %q\n", trainer, tokenize.Qwen25().Decode(ex.IDs[ex.Spans[0].Start:ex.Spans[0].End]))
	}
	// Output:
	// axolotl trains on "Yes.<|im_end|>"
	// llamafactory trains on "Yes.<|im_end|>\n"
	// trl trains on "\nYes.<|im_end|>\n"
}
