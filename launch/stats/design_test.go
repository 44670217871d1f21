package stats

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestTheSmallestGainNeedsTheInstancesItWasFoundFor(t *testing.T) {
	for _, d := range []Design{
		{Instances: 500, Baseline: 0.3, Discordance: 0.16},
		{Instances: 500, Baseline: 0.3, Correlation: 0.6},
		{Instances: 433, Baseline: 0.05},
		{Instances: 500, Seeds: 3, Baseline: 0.3, Discordance: 0.2, Repeat: 0.12, SeedSD: 0.005},
	} {
		gain := must(d.Smallest())
		if got := must(d.Chance(gain.Value)).Value; math.Abs(got-0.8) > 1e-9 {
			t.Errorf("%s, but its power is %v", gain.Words, got)
		}
		if n := must(d.InstancesNeeded(gain.Value * (1 + 1e-9))); n.Value != float64(d.Instances) {
			t.Errorf("%s, but %s", gain.Words, n.Words)
		}
		if d.Seeds > 1 {
			if k := must(d.SeedsNeeded(gain.Value * (1 + 1e-9))); k.Value != float64(d.Seeds) {
				t.Errorf("%s, but %s", gain.Words, k.Words)
			}
		}
	}
}

func TestMoreOfAnythingFindsSmallerGains(t *testing.T) {
	base := Design{Instances: 300, Seeds: 2, Baseline: 0.3, Discordance: 0.2, Repeat: 0.1, SeedSD: 0.01}
	from := must(base.Smallest()).Value
	for what, change := range map[string]func(*Design){
		"instances":      func(d *Design) { d.Instances = 600 },
		"seeds":          func(d *Design) { d.Seeds = 4 },
		"agreement":      func(d *Design) { d.Discordance = 0.15 },
		"steadier seeds": func(d *Design) { d.SeedSD = 0.005 },
		"less certainty": func(d *Design) { d.Level = 0.9 },
		"less power":     func(d *Design) { d.Power = 0.6 },
	} {
		d := base
		change(&d)
		if got := must(d.Smallest()).Value; got >= from {
			t.Errorf("with more %s the smallest gain is %v, not below %v", what, got, from)
		}
	}
}

func TestWhatCannotBeFoundSaysWhatWould(t *testing.T) {
	noisy := Design{Instances: 500, Baseline: 0.3, Discordance: 0.16, SeedSD: 0.05}
	if _, err := noisy.InstancesNeeded(0.02); err == nil || !strings.Contains(err.Error(), "no number of instances") {
		t.Errorf("a gain below what seeds do: %v", err)
	}
	few := Design{Instances: 50, Baseline: 0.3, Discordance: 0.16}
	if _, err := few.SeedsNeeded(0.02); err == nil || !strings.Contains(err.Error(), "no number of seeds") {
		t.Errorf("seeds for a gain below what instances do: %v", err)
	}
	if _, err := (Design{Instances: 2, Baseline: 0.9}).Smallest(); err == nil || !strings.Contains(err.Error(), "take more") {
		t.Errorf("two instances: %v", err)
	}
}

// The power of a design is how often a simulation of it finds the difference.
func TestPowerIsWhatASimulationFinds(t *testing.T) {
	count, _ := simulations(1500, 20_000)
	d := Design{Instances: 400, Baseline: 0.3, Discordance: 0.2}
	gain, r, found := 0.06, rand.New(rand.NewPCG(6, 6)), 0
	for range count {
		if must(McNemar(drawPair(r, 400, (0.2+gain)/2, (0.2-gain)/2), 0.95)).MidP <= 0.05 {
			found++
		}
	}
	share, want := float64(found)/float64(count), must(d.Chance(gain)).Value
	if math.Abs(share-want) > 0.01+3*math.Sqrt(want*(1-want)/float64(count)) {
		t.Errorf("power is %.4f, the simulation found %.4f of %d", want, share, count)
	}
}

func TestTheNoiseFloorFindsWhatSeedsDo(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	p := world{40, 0.04, false}.draw(r, 1000, [2]float64{0.3, 0.3})
	n := must(Noise(cellOf("c", p.A), 0.95))
	if !(n.Low < 0.042 && 0.042 < n.High) || math.Abs(n.Seeds-0.04) > 0.012 || n.Repeat < 0.15 || n.Repeat > 0.35 {
		t.Errorf("%s, of which seeds %.3f; two runs differ on %.3f", n.Words, n.Seeds, n.Repeat)
	}
	still := world{40, 0, false}.draw(r, 1000, [2]float64{0.3, 0.3})
	if n := must(Noise(cellOf("c", still.A), 0.95)); n.Seeds > 0.006 {
		t.Errorf("seeds that do nothing: %s, of which seeds %.4f", n.Words, n.Seeds)
	}
}
