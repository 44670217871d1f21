package smoke

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"trainyard/mix"
)

// progress is how far a run is: with the parameters, all that a checkpoint
// needs for the next step to be the one that an unbroken run would take.
type progress struct {
	Run  identity `json:"run"`
	Step int      `json:"step"`
	// Tokens are those of the rows read so far, context included; Trained are
	// the targets of the loss among them.
	Tokens  int64   `json:"tokens"`
	Trained int64   `json:"trained_tokens"`
	LossSum float64 `json:"loss_sum"` // nats, over Trained
	// Open is what came after the last log line.
	OpenTrained int64         `json:"open_trained_tokens"`
	OpenLossSum float64       `json:"open_loss_sum"`
	Elapsed     time.Duration `json:"elapsed_ns"`
	History     []event       `json:"-"` // trainer_state.json has it
}

// count adds a row that was learnt: its tokens, the trained ones among them
// and their losses.
func (p *progress) count(tokens, trained int64, loss float64) {
	p.Tokens += tokens
	p.Trained += trained
	p.LossSum += loss
	p.OpenTrained += trained
	p.OpenLossSum += loss
}

// identity is what two runs must share for one to continue the other.
type identity struct {
	Dataset      string  `json:"dataset"` // sha256 over the shards' sha256
	Template     string  `json:"template"`
	Epochs       float64 `json:"epochs"`
	MaxSteps     int     `json:"max_steps,omitempty"`
	BatchSize    int     `json:"batch_size"`
	LearningRate float64 `json:"learning_rate"`
	Seed         int64   `json:"seed"`
}

func identify(cfg Config, manifest *mix.Manifest) identity {
	h := sha256.New()
	for _, s := range manifest.Shards {
		_, _ = io.WriteString(h, s.Split+" "+s.SHA256+"\n") // a hash never fails
	}
	return identity{
		Dataset:      hex.EncodeToString(h.Sum(nil)),
		Template:     manifest.Template,
		Epochs:       cfg.Epochs,
		MaxSteps:     cfg.MaxSteps,
		BatchSize:    cfg.BatchSize,
		LearningRate: cfg.LearningRate,
		Seed:         cfg.Seed,
	}
}

func (a identity) String() string {
	return fmt.Sprintf("dataset %.12s, template %s, epochs %v, batch_size %d, learning_rate %v, seed %d",
		a.Dataset, a.Template, a.Epochs, a.BatchSize, a.LearningRate, a.Seed)
}

// An event is one entry of a log_history: a training loss with its rate, or a
// validation loss with the seconds it took.
type event struct {
	Step        int      `json:"step"`
	Epoch       float64  `json:"epoch"`
	Loss        *float64 `json:"loss,omitempty"`
	Rate        *float64 `json:"learning_rate,omitempty"`
	EvalLoss    *float64 `json:"eval_loss,omitempty"`
	EvalRuntime *float64 `json:"eval_runtime,omitempty"`
}

// trainerState is trainer_state.json as the Hugging Face Trainer writes it
// (transformers, trainer_callback.py, TrainerState), less what only it needs.
type trainerState struct {
	GlobalStep    int     `json:"global_step"`
	MaxSteps      int     `json:"max_steps"`
	Epoch         float64 `json:"epoch"`
	NumEpochs     float64 `json:"num_train_epochs"`
	TokensSeen    int64   `json:"num_input_tokens_seen"`
	BatchSize     int     `json:"train_batch_size"`
	LoggingSteps  int     `json:"logging_steps"`
	SaveSteps     int     `json:"save_steps"`
	LogHistory    []event `json:"log_history"`
	BestMetric    *string `json:"best_metric"`
	IsWorldZero   bool    `json:"is_world_process_zero"`
	IsLocalZero   bool    `json:"is_local_process_zero"`
	IsParamSearch bool    `json:"is_hyper_param_search"`
}

func (r *run) trainerState() trainerState {
	return trainerState{
		GlobalStep: r.at.Step, MaxSteps: r.plan.steps, Epoch: r.plan.epoch(r.at.Step), NumEpochs: r.cfg.Epochs,
		TokensSeen: r.at.Tokens, BatchSize: r.cfg.BatchSize, LoggingSteps: r.cfg.LoggingSteps, SaveSteps: r.cfg.SaveSteps,
		LogHistory: r.at.History, IsWorldZero: true, IsLocalZero: true,
	}
}
