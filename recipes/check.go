package recipes

import (
	"fmt"
	"slices"
	"strings"

	"trainyard/format/protocol"
	"trainyard/format/style"
	"trainyard/launch/trainer"
	"trainyard/mix/convert"
	"trainyard/mix/sample"
	"trainyard/mix/shard"
)

// check finds the faults that lie between fields. Single values were checked
// by their rules; root holds their places.
func check(r *Recipe, root *node, faults *Faults) {
	if root.kind != mapping {
		return
	}
	sources := root.get("sources")
	if sources != nil && sources.kind == list {
		checkSources(r, sources, faults)
	}
	checkShares(r, root, faults)
	checkBudget(r, root, faults)
	checkAmounts(r, root, faults)
	checkSelections(r, root, faults)
	checkEvaluations(r, root, faults)
	checkOrder(r, root, faults)
	checkTemplate(r, root, faults)
	checkTools(r, root, faults)
	checkParams(r, root, faults)
	checkLoss(r, root, faults)
	if d := root.get("decontaminate"); len(r.Decontaminate.Files) == 0 && d.get("by") != nil && d.get("files") == nil {
		faults.add(place(d, "by", root), "decontaminate.by", "names no benchmark", "write decontaminate: {files: [FILE], by: [ngram]}")
	}
	checkRows(r, root, faults)
	mix := root.get("mix")
	if r.Mix.Window > r.Model.Context {
		faults.add(place(mix, "window", root), "mix.window",
			fmt.Sprintf("%d is over the model's context of %d tokens", r.Mix.Window, r.Model.Context),
			"lower mix.window or raise model.context")
	}
}

// checkRows refuses what the rows cannot say or hold.
func checkRows(r *Recipe, root *node, faults *Faults) {
	output, known := shard.Outputs[r.Mix.Output]
	if known && convert.OverWindow[r.Mix.OverWindow].Masks && !output.Flags {
		faults.add(place(root.get("mix"), "over_window", root), "mix.over_window",
			fmt.Sprintf("%s: its rows overlap, and rows of %s cannot keep the overlap out of the loss", r.Mix.OverWindow, r.Mix.Output),
			"choose mix.output: tokens or packed, or mix.over_window: cut or elide")
	}
	if known && r.Mix.Packing != "" && output.Join == nil {
		faults.add(place(root.get("mix"), "packing", root), "mix.packing",
			fmt.Sprintf("%s, but rows of %s hold one trajectory each", r.Mix.Packing, r.Mix.Output), "choose mix.output: packed, or leave it out")
	}
}

// checkTools refuses what the style has no place for.
func checkTools(r *Recipe, root *node, faults *Faults) {
	rendering, known := style.Styles[protocol.Style(r.Tools.As)]
	if known && !rendering.Worded && r.Tools.Prompt != "" {
		faults.add(place(root.get("tools"), "prompt", root), "tools.prompt",
			fmt.Sprintf("%q, but %s has no place for another wording", r.Tools.Prompt, r.Tools.As), "leave it out or choose another tools.as")
	}
	if known && !rendering.TakesValues() && r.Tools.Values != "" {
		faults.add(place(root.get("tools"), "values", root), "tools.values",
			fmt.Sprintf("%q, but %s leaves no choice of it", r.Tools.Values, r.Tools.As), "leave it out or choose another tools.as")
	}
}

// checkParams faults the parameters that the trainer would refuse, where they are
// written.
func checkParams(r *Recipe, root *node, faults *Faults) {
	params := root.get("train").get("params")
	if params == nil || params.kind != mapping {
		return
	}
	for _, e := range params.keys {
		if why := trainer.Refused(r.Train.Trainer, e.key); why != "" {
			faults.add(e.at, dotted("train.params", e.key), r.Train.Trainer+" may not be given it", why)
		}
	}
}

// place is where the key of a mapping stands, or else where the mapping does,
// or else the recipe.
func place(n *node, key string, root *node) pos {
	if v := n.get(key); v != nil {
		return v.at
	}
	if n != nil {
		return n.at
	}
	return root.at
}

func checkSources(r *Recipe, sources *node, faults *Faults) {
	first := map[string]bool{}
	for i, it := range sources.items {
		path := itemPath(it, "sources", i)
		name := r.Sources[i].Name
		if name != "" && first[name] {
			faults.add(it.get("name").at, path, fmt.Sprintf("a second source is named %q", name), "names are unique")
		}
		first[name] = true
		if accept := it.get("accept"); accept != nil && accept.kind == mapping {
			checkAccept(accept, dotted(path, "accept"), faults)
		}
	}
}

// checkAccept counts what is written, not what decoded: a member with a fault
// of its own is still the one that was chosen.
func checkAccept(accept *node, path string, faults *Faults) {
	var said []string
	for _, e := range accept.keys {
		switch e.key {
		case "field", "where", "report", "any":
			said = append(said, e.key)
		}
	}
	if len(said) > 1 {
		faults.add(accept.at, path, "has "+strings.Join(said, " and ")+", want exactly one", acceptHint)
	}
	if len(accept.keys) == 0 {
		faults.add(accept.at, path, "is empty", acceptHint)
	}
}

func checkShares(r *Recipe, root *node, faults *Faults) {
	if r.Mix.Sampler != "shares" || len(r.Sources) == 0 {
		return
	}
	sum := 0.0
	for _, s := range r.Sources {
		sum += s.Share
	}
	if sum == 0 {
		faults.add(place(root.get("mix"), "sampler", root), "mix.sampler",
			"shares asked for, but the shares of all sources sum to 0", "give at least one source a share above 0")
	}
}

func checkBudget(r *Recipe, root *node, faults *Faults) {
	wrong := func(f Fault) bool { return f.Path == "mix.sampler" } // then it is the default, which was not asked for
	if sample.Samplers[r.Mix.Sampler].TakesAll && r.Mix.Budget != (Budget{}) && !slices.ContainsFunc(*faults, wrong) {
		faults.add(place(root.get("mix"), "budget", root), "mix.budget",
			fmt.Sprintf("%v, but the sampler %s takes everything", r.Mix.Budget.canonical(), r.Mix.Sampler), "leave it out, or choose mix.sampler: proportional or shares")
	}
}
