package pack

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// check holds what every packer promises: each item once, none over the window,
// items in order within their bin and bins in the order of their openers.
func check(t *testing.T, strategy string, lengths []int32, window int) *Bins {
	t.Helper()
	bins, err := Pack(strategy, lengths, window)
	if err != nil {
		t.Fatal(err)
	}
	met := make([]bool, len(lengths))
	for n := range bins.Len() {
		sum := 0
		items := bins.Items(n)
		for _, i := range items {
			if met[i] {
				t.Fatalf("%s: item %d stands in two bins", strategy, i)
			}
			met[i] = true
			sum += int(lengths[i])
		}
		if len(items) == 0 || sum > window || !slices.IsSorted(items) {
			t.Fatalf("%s: bin %d of window %d holds items %v, %d tokens", strategy, n, window, items, sum)
		}
	}
	if i := slices.Index(met, false); i >= 0 {
		t.Fatalf("%s: item %d is lost", strategy, i)
	}
	return bins
}

func randomLengths(r *rand.Rand, window int) []int32 {
	lengths := make([]int32, r.IntN(200))
	small := 1 + r.IntN(window)
	for i := range lengths {
		lengths[i] = int32(1 + r.IntN(small))
	}
	return lengths
}

func TestEveryPackerKeepsItsPromises(t *testing.T) {
	for strategy := range Packers {
		t.Run(strategy, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			for range 500 {
				window := 1 + r.IntN(5000)
				lengths := randomLengths(r, window)
				a, b := check(t, strategy, lengths, window), check(t, strategy, lengths, window)
				if !slices.Equal(a.items, b.items) || !slices.Equal(a.starts, b.starts) {
					t.Fatal("two calls packed differently")
				}
			}
		})
	}
}

// slowly is a packer as the books have it: each item in the given order goes
// into the bin that better prefers among those with room.
func slowly(lengths, order []int32, window int32, better func(room, than int32) bool) []int32 {
	var rooms []int32
	for _, i := range order {
		best := -1
		for b, room := range rooms {
			if room >= lengths[i] && (best < 0 || better(room, rooms[best])) {
				best = b
			}
		}
		if best < 0 {
			best, rooms = len(rooms), append(rooms, window)
		}
		rooms[best] -= lengths[i]
	}
	slices.Sort(rooms)
	return rooms
}

// roomsOf is what the bins leave free, in rising order.
func roomsOf(bins *Bins, lengths []int32, window int) []int32 {
	var rooms []int32
	for n := range bins.Len() {
		room := int32(window)
		for _, i := range bins.Items(n) {
			room -= lengths[i]
		}
		rooms = append(rooms, room)
	}
	slices.Sort(rooms)
	return rooms
}

func TestFastPackersLeaveTheRoomThatSlowOnesDo(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		window := 1 + r.IntN(300)
		lengths := randomLengths(r, window)
		inOrder := make([]int32, len(lengths))
		for i := range inOrder {
			inOrder[i] = int32(i)
		}
		falling := slices.Clone(inOrder)
		slices.SortStableFunc(falling, func(a, b int32) int { return int(lengths[b] - lengths[a]) })
		for strategy, want := range map[string][]int32{
			"best-fit":  slowly(lengths, falling, int32(window), func(room, than int32) bool { return room < than }),
			"first-fit": slowly(lengths, inOrder, int32(window), func(int32, int32) bool { return false }),
		} {
			if got := roomsOf(check(t, strategy, lengths, window), lengths, window); !slices.Equal(got, want) {
				t.Fatalf("%s of %v into %d leaves %v, want %v", strategy, lengths, window, got, want)
			}
		}
	}
}

func TestInOrderKeepsTheOrderOfAllItems(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		window := 1 + r.IntN(1000)
		lengths := randomLengths(r, window)
		bins := check(t, "in-order", lengths, window)
		if !slices.IsSorted(bins.items) {
			t.Fatalf("items stand as %v", bins.items)
		}
		for n := 1; n < bins.Len(); n++ {
			sum := lengths[bins.Items(n)[0]]
			for _, i := range bins.Items(n - 1) {
				sum += lengths[i]
			}
			if int(sum) <= window {
				t.Fatalf("the first item of bin %d would have fitted into the bin before", n)
			}
		}
	}
}

func TestBinsStandWhereTheirOpenersDo(t *testing.T) {
	bins := check(t, "best-fit", []int32{1, 8, 2, 9, 7}, 10)
	var got [][]int32
	for n := range bins.Len() {
		got = append(got, bins.Items(n))
	}
	// 9 opens the bin that takes 1, 8 that which takes 2, 7 one of its own.
	if want := "[[1 2] [0 3] [4]]"; fmt.Sprint(got) != want {
		t.Errorf("bins are %v, want %s", got, want)
	}
}

func TestLengthsThatNoWindowHoldsAreErrors(t *testing.T) {
	for name, c := range map[string]struct {
		strategy string
		lengths  []int32
		window   int
		want     string
	}{
		"nothing":         {"best-fit", []int32{3, 0}, 10, "item 1 has 0 tokens: want 1 to the window's 10"},
		"less than that":  {"none", []int32{-1}, 10, "item 0 has -1 tokens"},
		"over the window": {"in-order", []int32{11}, 10, "item 0 has 11 tokens: want 1 to the window's 10"},
		"no window":       {"first-fit", nil, 0, "a window of 0 tokens"},
		"a huge window":   {"first-fit", nil, MaxWindow + 1, "a window of 16777217 tokens"},
		"another word":    {"bfd", nil, 10, `no way of packing is called "bfd": known are best-fit, first-fit, in-order, none`},
	} {
		if _, err := Pack(c.strategy, c.lengths, c.window); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// A window that is no power of two packs as well as one that is (TRL issue 3887).
func TestAnOddWindowPacks(t *testing.T) {
	for _, window := range []int{8191, 8192, 8193} {
		lengths := slices.Repeat([]int32{int32(window) / 3}, 300)
		if n := check(t, "best-fit", lengths, window).Len(); n != 100 {
			t.Errorf("window %d: %d bins for 300 thirds", window, n)
		}
	}
}

func FuzzPack(f *testing.F) {
	f.Add([]byte{1, 2, 3, 250, 9}, uint16(255))
	f.Add([]byte{}, uint16(1))
	f.Add([]byte{64, 64, 63, 1}, uint16(64))
	names := slices.Sorted(maps.Keys(Packers))
	f.Fuzz(func(t *testing.T, data []byte, size uint16) {
		window := int(size)
		fit := window > 0
		lengths := make([]int32, len(data))
		for i, n := range data {
			lengths[i] = int32(n) << (i % 3 * 2)
			fit = fit && lengths[i] > 0 && int(lengths[i]) <= window
		}
		for _, strategy := range names {
			if _, err := Pack(strategy, lengths, window); (err == nil) != fit {
				t.Fatalf("%s of %v into %d: %v", strategy, lengths, window, err)
			}
			if fit {
				check(t, strategy, lengths, window)
			}
		}
	})
}
