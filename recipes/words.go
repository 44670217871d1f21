package recipes

// words lists what a field of closed vocabulary may say, by its key. A new
// sampler, trainer or template is added here as well. Dialects (source
// formats) are not listed: the package that opens the files knows them.
var words = map[string][]string{
	"model.template":  {"qwen2.5"},
	"tools.as":        {"openhands", "qwen", "keep"},
	"mix.sampler":     {"all", "shares"},
	"mix.unit":        {"trajectories", "tokens"},
	"mix.over_window": {"drop"},
	"mix.unique":      {"content", "none"},
	"train.trainer":   {"smoke", "llamafactory", "command"},
	"train.method":    {"full", "lora"},
	"train.schedule":  {"cosine", "linear", "constant"},
}
