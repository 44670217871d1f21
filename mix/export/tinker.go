package export

var tinker = Target{
	Summary: "Tinker: a Datum a line, tokens with the weight of each token that follows",
	Limits:  "ids are of the dataset's own template: train the model that it belongs to",
	Read:    "tinker 0.38.0, types/datum.py, and tinker-cookbook 0.6.1, supervised/common.py",
	says:    eachToken,
	lines:   datum,
}

// A tensor is tinker's TensorData.
type tensor[T any] struct {
	Data  []T    `json:"data"`
	DType string `json:"dtype"`
	Shape [1]int `json:"shape"`
}

type tokenChunk struct {
	Type   string  `json:"type"`
	Tokens []int32 `json:"tokens"`
}

type modelInput struct {
	Chunks []tokenChunk `json:"chunks"`
}

type lossInputs struct {
	Targets tensor[int32]   `json:"target_tokens"`
	Weights tensor[float32] `json:"weights"`
}

// datum is the row shifted by one: at each token stands the one that follows, and
// its weight.
func datum(c *conversation) []any {
	n := len(c.ids) - 1
	weights := make([]float32, n)
	for _, s := range c.spans {
		for i := max(s.Start, 1); i < s.End; i++ {
			weights[i-1] = 1
		}
	}
	return []any{struct {
		Input modelInput `json:"model_input"`
		Loss  lossInputs `json:"loss_fn_inputs"`
	}{
		modelInput{[]tokenChunk{{"encoded_text", c.ids[:n]}}},
		lossInputs{tensor[int32]{c.ids[1:], "int64", [1]int{n}}, tensor[float32]{weights, "float32", [1]int{n}}},
	}}
}
