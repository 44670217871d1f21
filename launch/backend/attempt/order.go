package attempt

import (
	"errors"
	"fmt"
)

// check refuses an order that could not be carried out, before anything is claimed.
func (m here) check(o Order) error {
	switch {
	case len(o.Command.Argv) == 0:
		return errors.New("the command is empty")
	case o.Slots > 0 && m.root == "":
		return fmt.Errorf("%d GPUs to wait for: %w", o.Slots, errNoRoot)
	case o.Nodes > 1 && (o.Master == "" || o.MasterPort <= 0 || o.Rank < 0 || o.Rank >= o.Nodes):
		return fmt.Errorf("rank %d of %d nodes with the master %q:%d: say where rank 0 is reached", o.Rank, o.Nodes, o.Master, o.MasterPort)
	case o.Budget > 0 && o.PricePerHour <= 0:
		return fmt.Errorf("a budget of %v without a price: say what an hour costs", o.Budget)
	case o.Destroy != nil:
		return o.Destroy.check(o.Command.Env)
	}
	return nil
}
