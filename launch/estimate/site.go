package estimate

import (
	"fmt"
	"math"
	"strings"
)

// A Site is what it is to run on.
type Site struct {
	GPU   string // of [GPUs]
	Count int
	Price float64 // dollars for one GPU and one hour; 0: the list prices
}

// Check refuses GPUs that are not known, numbers of them that no machines have,
// and prices that are none.
func (s Site) Check() error {
	switch {
	case GPUs[s.GPU].Peak == 0:
		return fmt.Errorf("no GPU %q is known: there are %s", s.GPU, strings.Join(GPUNames(), ", "))
	case s.Count < 1 || s.Count > node && s.Count%node != 0:
		return fmt.Errorf("%d GPUs: give 1 to %d, or whole machines of %d", s.Count, node, node)
	case s.Price < 0 || math.IsNaN(s.Price) || math.IsInf(s.Price, 0):
		return fmt.Errorf("a price of %v: give dollars for one GPU and one hour", s.Price)
	}
	return nil
}
