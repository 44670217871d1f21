package smoke

import (
	"fmt"
	"math"
	"time"
)

// learnBatch moves the model along the rows of the next step. A loss that is
// no number stops the run before it can be logged or saved.
func (r *run) learnBatch() error {
	step := r.at.Step + 1
	rate := float32(r.plan.rate(step))
	for _, row := range r.plan.batchOf(step) {
		sum, err := r.overRow(r.data.train, int(row), func(window []int32, target int32) float64 {
			return r.model.learn(window, target, rate)
		})
		if err != nil {
			return err
		}
		if math.IsNaN(sum) || math.IsInf(sum, 0) {
			return fmt.Errorf("step %d: the loss is %v after row %d with learning rate %v: lower learning_rate (it is %v) and start from the checkpoint before",
				step, sum, row, rate, r.cfg.LearningRate)
		}
		r.at.count(int64(len(r.row.ids)), r.row.trained(), sum)
	}
	r.at.Step = step
	return nil
}

// overRow sums what visit returns for every trained token of a row.
func (r *run) overRow(c *corpus, row int, visit func(window []int32, target int32) float64) (float64, error) {
	if err := c.read(row, &r.row); err != nil {
		return 0, err
	}
	r.dense = r.words.number(r.dense, r.row.ids)
	var sum float64
	for _, s := range r.row.spans {
		for i := s.Start; i < s.End; i++ {
			sum += visit(r.dense[i:i+reach], r.dense[i+reach])
		}
	}
	return sum, nil
}

// reportLoss logs the mean over the tokens learnt since it last did.
func (r *run) reportLoss() error {
	loss, rate := r.at.OpenLossSum/float64(r.at.OpenTrained), r.plan.rate(r.at.Step)
	r.at.OpenLossSum, r.at.OpenTrained = 0, 0
	return r.report(event{Step: r.at.Step, Epoch: r.plan.epoch(r.at.Step), Loss: &loss, Rate: &rate})
}

// evaluate logs the mean loss over the validation rows, where there are any.
func (r *run) evaluate() error {
	if len(r.data.validation.rows) == 0 {
		return nil
	}
	began := time.Now()
	var sum float64
	for row := range r.data.validation.rows {
		s, err := r.overRow(r.data.validation, row, r.model.loss)
		if err != nil {
			return err
		}
		sum += s
	}
	loss := sum / float64(r.data.validation.sum.TrainedTokens)
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return fmt.Errorf("step %d: the validation loss is %v: lower learning_rate (it is %v)", r.at.Step, loss, r.cfg.LearningRate)
	}
	seconds := rounded(time.Since(began).Seconds(), 4)
	return r.report(event{Step: r.at.Step, Epoch: r.plan.epoch(r.at.Step), EvalLoss: &loss, EvalRuntime: &seconds})
}
