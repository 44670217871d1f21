package chat

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Convention says which tokens of an assistant turn one trainer puts its
// loss on. The rendered text is the same for all of them; the counts differ by
// one to four tokens a turn, so loss curves of two trainers never agree to the
// last digit.
//
// Two things are not modelled: torchtune encodes the contents of all speakers
// apart and leaves out the very last newline instead of masking it, and axolotl
// skips an assistant turn without content altogether.
type Convention struct {
	Summary string

	from, to edge
	// last is the edge that ends the span of an assistant turn that closes the
	// conversation; most trainers treat it like any other.
	last edge
	// apart: the trainer encodes content on its own, so that a content with a
	// leading newline never merges with the newline of the header.
	apart bool
}

// An edge is a place in a turn where a trained span may begin or end.
type edge int

const (
	atHeader  edge = iota // before <|im_start|>
	atNewline             // before the newline that closes the header
	atMerge               // before the content, or before the token that holds both the newline and the content
	atContent             // after the header's last token
	atEnd                 // after <|im_end|>
	atClose               // after the newline that follows <|im_end|>
)

// DefaultConvention is the one used unless Options names another: the tokens
// that the student itself has to produce, and no others.
const DefaultConvention = "default"

// Conventions are the trainers' masks by name. They were read from the
// trainers' sources: LLaMA-Factory data/template.py and formatter.py, verl
// multiturn_sft_dataset.py, slime utils/mask_utils.py, axolotl
// prompt_strategies/chat_template.py (train_on_eos: turn), ms-swift
// template/base.py and template/templates/utils.py, torchtune models/qwen2_5/_tokenizer.py, and TRL's
// chat_templates/qwen2_5_training.jinja.
var Conventions = map[string]Convention{
	DefaultConvention: {
		Summary: "content and <|im_end|>: what the student must produce",
		from:    atContent, to: atEnd, last: atEnd,
	},
	"llamafactory": {
		Summary: "content, <|im_end|> and the newline; content encoded apart from its header",
		from:    atContent, to: atClose, last: atClose, apart: true,
	},
	"open-instruct": contentToClose("content, <|im_end|> and the newline"),
	"verl":          contentToClose("content, <|im_end|> and the newline"),
	"slime":         contentToClose("content, <|im_end|> and the newline (--loss-mask-type qwen)"),
	"openrlhf":      contentToClose("content, <|im_end|> and the newline (multiturn)"),
	"axolotl": {
		Summary: "content and <|im_end|> (train_on_eos: turn); a merged leading newline is trained",
		from:    atMerge, to: atEnd, last: atEnd,
	},
	// Its suffix for ChatML got a newline in 3.10.3 (November 2025), and labels the
	// end of every turn that reads like the suffix (_add_dynamic_eos).
	"swift": {
		Summary: "content, <|im_end|> and the newline; content encoded apart (ms-swift 4, and 3 from 3.10.3 on)",
		from:    atContent, to: atClose, last: atClose, apart: true,
	},
	"swift-3": {
		Summary: "content and <|im_end|>, never the newline; content encoded apart (ms-swift 3 before 3.10.3)",
		from:    atContent, to: atEnd, last: atEnd, apart: true,
	},
	"trl": {
		Summary: "the header's newline, content, <|im_end|> and the newline (assistant_only_loss)",
		from:    atNewline, to: atClose, last: atClose,
	},
	"torchtune": {
		Summary: "the whole turn with its header, no newline after the very last turn; content encoded apart",
		from:    atHeader, to: atClose, last: atEnd, apart: true,
	},
	"nemo": {
		Summary: "the whole turn with its header (Automodel without a generation template)",
		from:    atHeader, to: atClose, last: atClose,
	},
}

// contentToClose is the mask that most trainers share: what the student writes,
// and the newline that the template puts after it.
func contentToClose(summary string) Convention {
	return Convention{Summary: summary, from: atContent, to: atClose, last: atClose}
}

func convention(name string) (Convention, error) {
	if name == "" {
		name = DefaultConvention
	}
	c, ok := Conventions[name]
	if !ok {
		return c, fmt.Errorf("unknown mask convention %q: known are %s", name, names(Conventions))
	}
	return c, nil
}

func names[V any](registry map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(registry)), ", ")
}
