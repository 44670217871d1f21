package trainer

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"trainyard/launch"
)

// llamaFactory renders the configuration of LLaMA-Factory (its default engine,
// v0) and runs its launcher, which starts torchrun with NNODES, NODE_RANK,
// MASTER_ADDR and MASTER_PORT as it finds them. The dataset is registered as
// sharegpt, because its openai format changes system prompts and drops text
// beside tool calls.
var llamaFactory = adapter{
	name:    "llamafactory",
	summary: "LLaMA-Factory (llamafactory-cli train): full, LoRA or QLoRA; reads messages",
	program: llamaFactoryProgram, install: "pip install llamafactory liger-kernel deepspeed",
	can: ability{
		methods: launch.Methods, layouts: []string{"messages"},
		schedules: launch.Schedules, precisions: launch.Precisions,
		nodes: true, parts: true, packs: true, resumes: true, dropout: true,
	},
	native: "such as deepspeed or rope_scaling",
	owned:  llamaFactoryOwned,
	limits: llamaFactoryLimits,
	render: renderLlamaFactory,
}

const llamaFactoryProgram = "llamafactory-cli"

func renderLlamaFactory(r request) (launch.Command, error) {
	if r.World() > 1 && strings.ContainsFunc(r.Dir, unicode.IsSpace) {
		return launch.Command{}, fmt.Errorf("llamafactory: its launcher splits the command at spaces, and the attempt's directory is %q: choose another home (TRAINYARD_HOME)", r.Dir)
	}
	info, err := datasetInfo(r.Dataset)
	if err != nil {
		return launch.Command{}, err
	}
	s, err := llamaFactorySettings(r)
	if err != nil {
		return launch.Command{}, err
	}
	beside := append(shardLinks(r.Dataset), launch.File{Name: "dataset_info.json", Content: info})
	files, path, err := configured(r, "llamafactory.yaml", s, beside)
	if err != nil {
		return launch.Command{}, err
	}
	return launch.Command{
		Argv: []string{llamaFactoryProgram, "train", path}, Env: append(llamaFactoryEnv(r), r.Env...),
		Files: files, Progress: output + "/" + progressName, Output: output,
	}, nil
}

// llamaFactoryEnv pins the number of processes: by itself llamafactory-cli
// takes every GPU it sees, and the batch would no longer be the recipe's.
func llamaFactoryEnv(r request) []launch.Env {
	env := []launch.Env{
		{Name: "NPROC_PER_NODE", Value: strconv.Itoa(r.Devices())},
	}
	env = append(env, unbuffered...)
	if r.World() > 1 {
		env = append(env, launch.Env{Name: "FORCE_TORCHRUN", Value: "1"})
		env = append(env, rankLogs(r.Dir)...)
	}
	return env
}

const (
	trainName      = "traj_sft"
	validationName = "traj_validation"
)

// datasetInfo registers the link directories under the names that the
// configuration uses.
func datasetInfo(d launch.Dataset) (string, error) {
	type entry struct {
		FileName   string            `json:"file_name"`
		Formatting string            `json:"formatting"`
		Columns    map[string]string `json:"columns"`
		Tags       map[string]string `json:"tags"`
	}
	of := func(dir string) entry {
		return entry{
			FileName: dir, Formatting: "sharegpt",
			Columns: map[string]string{"messages": "messages"},
			Tags: map[string]string{
				"role_tag": "role", "content_tag": "content",
				"user_tag": "user", "assistant_tag": "assistant", "system_tag": "system",
			},
		}
	}
	info := map[string]entry{trainName: of(trainDir)}
	if len(d.Validation.Shards) > 0 {
		info[validationName] = of(validationDir)
	}
	data, err := json.MarshalIndent(info, "", "  ")
	return string(data) + "\n", err
}

func llamaFactorySettings(r request) (*settings, error) {
	var err error
	if r.perDevice, r.accumulation, err = splitBatch("llamafactory", r.Job, rowsOnDevice(r.Job)); err != nil {
		return nil, err
	}
	s := &settings{}
	s.model(r)
	s.data(r)
	s.output(r)
	s.schedule(r)
	s.validation(r)
	if r.Resume != "" {
		s.set("resume_from_checkpoint", r.Resume)
	}
	return s, nil
}
