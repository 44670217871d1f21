package trainer

// A family is what trainers must be told of a chat template: each has names of
// its own for it, and what ends a turn is pinned, since base models end texts with
// another token and would never learn to stop.
type family struct {
	endOfTurn, padding string
	llamaFactory       string // template
	swift, swiftModel  string // template, model_type
	// generation is the template with marks around what the assistant says, for
	// trainers that find the loss by those.
	generation string
}

// families by our name of the template. A base model's differs from the Instruct
// model's in the default system text alone, and every row has a system text.
var families = map[string]family{
	"qwen2.5":      qwen25,
	"qwen2.5-base": qwen25,
}

var qwen25 = family{
	endOfTurn: "<|im_end|>", padding: "<|endoftext|>",
	llamaFactory: "qwen", swift: "qwen2_5", swiftModel: "qwen2",
	generation: chatMLGeneration,
}

// chatMLGeneration renders conversations of text as Qwen2.5 does. Tools and calls
// stand in the rows as text already.
const chatMLGeneration = `{% for message in messages %}` +
	`{% if message.role == 'assistant' %}{{ '<|im_start|>assistant\n' }}{% generation %}{{ message.content + '<|im_end|>\n' }}{% endgeneration %}` +
	`{% else %}{{ '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}{% endif %}` +
	`{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
`
