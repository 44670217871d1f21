package preflight

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"trainyard/launch"
	"trainyard/launch/estimate"
	"trainyard/launch/trainer"
)

// A Level is how much a finding matters.
type Level string

// A refusal keeps a run from being started; a warning does not.
const (
	OK      Level = "ok"
	Warning Level = "warning"
	Refusal Level = "refusal"
)

// A Finding is what was found about one thing.
type Finding struct {
	Level Level  `json:"level"`
	About string `json:"about"` // batch, window, memory, disk, dataset, template, model, bucket, params, defaults
	Words string `json:"words"`
}

// Facts are what the job does not say. The zero value of each is unknown.
type Facts struct {
	GPU   string // a key of estimate.GPUs
	Free  int64  // bytes on the disk that checkpoints are written to
	Model *Model
	// Template is that of the checkpoint's family.
	Template string
	// Has reports whether the environment of the run has a variable of the name.
	Has func(name string) bool
	// Dataset is what was found wrong with the dataset's files; Looked says that
	// they were looked at.
	Dataset error
	Looked  bool
	// Bucket is the place in S3 that files are brought by, empty for none, and
	// BucketFault why nothing can be written there.
	Bucket      string
	BucketFault error
}

// Check looks at everything, in this order.
func Check(job launch.Job, facts Facts) []Finding {
	return slices.Concat(
		batch(job), window(job, facts.Model), memory(job, facts), disk(job, facts),
		dataset(job, facts), template(job, facts), model(job, facts), bucket(facts), params(job), defaults(job),
	)
}

// Refused are the findings that keep the run from being started.
func Refused(all []Finding) (refusals []Finding) {
	for _, f := range all {
		if f.Level == Refusal {
			refusals = append(refusals, f)
		}
	}
	return refusals
}

func found(level Level, about, format string, args ...any) []Finding {
	return []Finding{{level, about, fmt.Sprintf(format, args...)}}
}

func batch(job launch.Job) []Finding {
	rows, rounds, err := trainer.Divide(job)
	if err != nil {
		return found(Refusal, "batch", "%v", err)
	}
	groups := job.World() / job.Share()
	return found(OK, "batch", "%d = %d on a GPU x %s x %s / %d to a row x %s of accumulation: %d rows a round",
		job.Batch, rows, counted(job.Devices(), "GPU"), counted(job.NodeCount(), "node"), job.Share(), counted(rounds, "round"), rows*groups)
}

// counted writes a number and its noun.
func counted[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// window holds the longest row against what the model was made for.
func window(job launch.Job, m *Model) []Finding {
	if m == nil || m.Positions == 0 {
		return found(Warning, "window", "%d tokens; how many positions %s was trained on is unknown", job.Window, cmp.Or(job.Model, "the model"))
	}
	scaling := m.Scaling
	if said := scalingSaid(job.Params); said != "" {
		scaling = said
	}
	switch {
	case job.Window <= m.Positions && scaling == "":
		return found(OK, "window", "%d tokens of the model's %d positions", job.Window, m.Positions)
	case job.Window <= m.Positions:
		return found(Warning, "window", "%d tokens of the model's %d positions, and its positions are scaled (%s), which costs on short texts", job.Window, m.Positions, scaling)
	case scaling == "":
		return found(Refusal, "window", "%d tokens, above the %d positions of %s: lower mix.window, or scale positions (YaRN) by a rope_scaling of the trainer in train.params", job.Window, m.Positions, job.Model)
	}
	return found(Warning, "window", "%d tokens, above the %d positions of %s; they are scaled (%s)", job.Window, m.Positions, job.Model, scaling)
}

// scalingSaid is a scaling of positions that native settings ask for, by any of the
// names that trainers have for it.
func scalingSaid(params launch.Params) string {
	for _, name := range []string{"rope_scaling", "overrides_of_model_config", "model_init_kwargs"} {
		if v, said := params[name]; said && (name == "rope_scaling" || strings.Contains(fmt.Sprint(v), "rope")) {
			return fmt.Sprint(v)
		}
	}
	return ""
}

// memory says what a GPU holds, part by part.
func memory(job launch.Job, facts Facts) []Finding {
	if facts.Model == nil || facts.Model.Shape.Layers == 0 {
		return found(Warning, "memory", "unknown: the dimensions of %s are not known", cmp.Or(job.Model, "the model"))
	}
	if facts.GPU == "" {
		return found(Warning, "memory", "unknown: say which GPU it is")
	}
	e, err := training(job, facts.Model.Shape).At(estimate.Site{GPU: facts.GPU, Count: job.World()})
	if err != nil {
		return found(Warning, "memory", "unknown: %v", err)
	}
	words := fmt.Sprintf("%s on each of %d %s of %s: weights %s, gradients %s, optimizer %s, activations %s, a layer %s, logits %s, gathered %s, reserve %s; host %s (%s)",
		gigabytes(e.Memory.Total), job.World(), facts.GPU, gigabytes(estimate.GPUs[facts.GPU].Memory),
		gigabytes(e.Memory.Weights), gigabytes(e.Memory.Gradients), gigabytes(e.Memory.Optimizer), gigabytes(e.Memory.Activations),
		gigabytes(e.Memory.Layer), gigabytes(e.Memory.Logits), gigabytes(e.Memory.Gathered), gigabytes(e.Memory.Reserve), gigabytes(e.Memory.Host), e.Strategy)
	switch {
	case job.Method == "qlora":
		return found(Warning, "memory", "%s; counted as lora: weights in 4 bits take a quarter", words)
	case e.Fits && strings.HasPrefix(e.Strategy, "zero3-"):
		return found(Warning, "memory", "%s; it fits with parts in the host's memory alone, which train.params must ask for", words)
	case e.Fits:
		return found(OK, "memory", "%s", words)
	}
	return found(Refusal, "memory", "%s does not fit%s", words, remedies(e))
}

func remedies(e *estimate.Estimate) string {
	var ways []string
	for _, r := range e.Remedies {
		ways = append(ways, fmt.Sprintf("%s on %d %s", r.Method, r.Count, r.GPU))
	}
	if len(ways) == 0 {
		return ""
	}
	return ": what would is " + strings.Join(ways, ", or ")
}

// training is the job as launch/estimate takes it: on rows of the window's length,
// since what must fit is the longest.
func training(job launch.Job, shape estimate.Shape) *estimate.Training {
	method := "full"
	if job.Adapts() {
		method = "lora"
	}
	train := job.Dataset.Train
	return &estimate.Training{
		Model: shape, Method: method, Rows: max(1, train.Rows), Tokens: max(1, train.Tokens), Longest: int64(max(1, job.Window/job.Share())),
		Epochs: max(job.Epochs, 1e-9), Batch: max(1, job.Batch), PerDevice: job.Rows(), FusedLoss: job.Float() != "fp32",
	}
}

func gigabytes(bytes float64) string {
	if bytes < 1e8 {
		return fmt.Sprintf("%.0f MB", bytes/1e6)
	}
	return fmt.Sprintf("%.1f GB", bytes/1e9)
}

// Bytes of a checkpoint for each weight: bfloat16 weights, and of what is trained
// AdamW's float32 copy and two moments.
const (
	savedWeight  = 2
	savedTrained = 12
)

// disk counts the checkpoints that are kept, one more that is being written, and
// the finished model.
func disk(job launch.Job, facts Facts) []Finding {
	if facts.Model == nil || facts.Model.Shape.Layers == 0 {
		return found(Warning, "disk", "unknown: the dimensions of %s are not known", cmp.Or(job.Model, "the model"))
	}
	_, _, keep := job.Steps()
	weights := facts.Model.Shape.Parameters()
	if job.Adapts() {
		rank, _ := job.LoRA.Size()
		weights = facts.Model.Shape.Adapters(rank)
	}
	one := weights * (savedWeight + savedTrained)
	need := one*float64(keep+1) + weights*savedWeight
	words := fmt.Sprintf("%s for %d checkpoints of %s, one that is being written, and the model", gigabytes(need), keep, gigabytes(one))
	switch {
	case facts.Free == 0:
		return found(Warning, "disk", "%s; how much is free is unknown", words)
	case float64(facts.Free) < need:
		return found(Refusal, "disk", "%s, and %s are free: lower train.keep_checkpoints, or choose another home", words, gigabytes(float64(facts.Free)))
	}
	return found(OK, "disk", "%s; %s are free", words, gigabytes(float64(facts.Free)))
}

func dataset(job launch.Job, facts Facts) []Finding {
	switch {
	case facts.Dataset != nil:
		return found(Refusal, "dataset", "%v", facts.Dataset)
	case !facts.Looked:
		return found(Warning, "dataset", "not there yet: its rows are what the plan says")
	}
	return found(OK, "dataset", "%s: %d rows to train on, %d to evaluate on, all shards there", job.Dataset.Dir, job.Dataset.Train.Rows, job.Dataset.Validation.Rows)
}

// template holds what the rows were counted with against the checkpoint's own.
func template(job launch.Job, facts Facts) []Finding {
	switch end := trainer.EndOfTurn(job.Template); {
	case job.Dataset.Template != "" && job.Dataset.Template != job.Template:
		return found(Refusal, "template", "the dataset was counted with %s, and the run says %s: prepare it again, or set model.template", job.Dataset.Template, job.Template)
	case facts.Template == "":
		return found(Warning, "template", "%s; that of %s is unknown", job.Template, cmp.Or(job.Model, "the model"))
	case facts.Template != job.Template:
		return found(Warning, "template", "%s, and %s comes with %s", job.Template, job.Model, facts.Template)
	case strings.HasSuffix(job.Template, "-base"):
		return found(Warning, "template", "%s: a base model ends texts with another token; %q is set as the end of a turn, and its generation_config.json must say so too where the student is served", job.Template, end)
	default:
		return found(OK, "template", "%s, that of the checkpoint; a turn ends with %q", job.Template, end)
	}
}

// gated are owners on the hub whose models ask for terms to be accepted.
var gated = []string{"meta-llama/", "google/gemma", "mistralai/", "CohereForAI/", "bigcode/", "black-forest-labs/"}

// tokens are the names by which huggingface_hub finds one.
var tokens = []string{"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH"}

func model(job launch.Job, facts Facts) []Finding {
	if facts.Model != nil && facts.Model.Local {
		return found(OK, "model", "%s is on this machine", job.Model)
	}
	hasToken := slices.ContainsFunc(tokens, func(name string) bool {
		return facts.Has != nil && facts.Has(name) || slices.ContainsFunc(job.Env, func(e launch.Env) bool { return e.Name == name })
	})
	isGated := slices.ContainsFunc(gated, func(prefix string) bool { return strings.HasPrefix(job.Model, prefix) })
	switch {
	case job.Model == "":
		return found(Warning, "model", "model.base names none")
	case isGated && !hasToken:
		return found(Refusal, "model", "%s asks for terms to be accepted, and none of %s is set: accept them on its page, and set HF_TOKEN", job.Model, strings.Join(tokens, ", "))
	case isGated:
		return found(OK, "model", "%s asks for terms to be accepted; a token is set", job.Model)
	case !hasToken:
		return found(OK, "model", "%s, from the hub or the machine's cache, without a token", job.Model)
	}
	return found(OK, "model", "%s, from the hub or the machine's cache; a token is set", job.Model)
}

func bucket(facts Facts) []Finding {
	switch {
	case facts.Bucket == "":
		return nil
	case facts.BucketFault != nil:
		return found(Refusal, "bucket", "nothing can be written to %s: %v", facts.Bucket, facts.BucketFault)
	}
	return found(OK, "bucket", "%s: an object was written, read and removed", facts.Bucket)
}

// params names settings that would be left out without a word.
func params(job launch.Job) (all []Finding) {
	for _, name := range trainer.Overlooked(job) {
		all = append(all, found(Warning, "params", "train.params.%s is no setting of %s that is known, and it reads over names that it does not have", name, job.Trainer)...)
	}
	return all
}

// defaults names what the trainer would do without a word and is told not to.
func defaults(job launch.Job) (all []Finding) {
	for _, words := range trainer.Silent(job.Trainer) {
		all = append(all, Finding{OK, "defaults", words})
	}
	return all
}
