package yard

import (
	"fmt"
	"strings"

	"trainyard/launch"
	"trainyard/launch/backend"
	"trainyard/launch/estimate"
	"trainyard/launch/export"
	"trainyard/launch/provider"
	"trainyard/launch/trainer"
)

func listTrainers() []Listed {
	all := summaries(trainer.Trainers, launch.Trainer.Summary)
	for i := range all {
		all[i].Note = trainer.Notes[all[i].Name]
		for _, a := range trainer.Args[all[i].Name] {
			all[i].Args = append(all[i].Args, Arg(a))
		}
	}
	return all
}

// listEvaluations lists the placeholders of an evaluation's command.
func listEvaluations() []Listed {
	var all []Listed
	for _, a := range trainer.EvaluationArgs() {
		all = append(all, Listed{Name: a.Name, Summary: a.Summary})
	}
	return append(all, Listed{Name: "{{ and }}", Summary: "a brace of the command's own, such as those of JSON"})
}

func listTrackers() []Listed {
	return summaries(export.Exports, func(x export.Target) string { return x.Summary + "; --place is " + x.Where })
}

func listBackends() []Listed {
	all := summaries(backend.Kinds, func(k backend.Kind) string { return k.Summary })
	for i := range all {
		if kind := backend.Kinds[all[i].Name]; kind.Example != "" {
			all[i].Note = placeOf(all[i].Name, kind.Example) + "\n\noptions: " + strings.Join(kind.Options, ", ")
			if !kind.Prices {
				all[i].Note += ", price (of one GPU for an hour, in US dollars)"
			}
		}
	}
	return all
}

// placeOf is a place of a kind as config.yaml has it under backends:.
func placeOf(kind, example string) string {
	return fmt.Sprintf("- name: NAME\n  kind: %s\n  %s", kind, strings.ReplaceAll(example, "\n", "\n  "))
}

func listGPUs() []Listed {
	all := summaries(estimate.GPUs, func(g estimate.GPU) string { return g.Summary })
	for i := range all {
		g := estimate.GPUs[all[i].Name]
		all[i].Note = fmt.Sprintf("%.0f TFLOPS in dense bfloat16; $%.2f an hour, from $%.2f to $%.2f (read %s)",
			g.Peak/1e12, g.Price.Likely, g.Price.Low, g.Price.High, estimate.PricesRead)
	}
	return all
}

func listProviders() []Listed {
	all := summaries(provider.Providers, func(k provider.Kind) string { return k.Summary })
	for i := range all {
		all[i].Note = "its key: " + provider.Providers[all[i].Name].KeyEnv
	}
	return all
}
