package sample

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomView is a source with repositories, instances and teachers of uneven
// sizes, some of them unknown.
func randomView(r *rand.Rand, n int) *View {
	v := &View{Columns: map[string][]float64{"reward": make([]float64, n), PassRate: make([]float64, n)}}
	for i := range n {
		it := Item{Key: uint64(i) * 400_000_000, Repo: uint64(r.IntN(1 + r.IntN(12))), Instance: uint64(r.IntN(30)), Teacher: uint64(r.IntN(4)), Tokens: int32(1 + r.IntN(4000)), Steps: int32(1 + r.IntN(20))}
		it.Trained = 1 + it.Tokens/3
		v.Items = append(v.Items, it)
		v.Columns["reward"][i], v.Columns[PassRate][i] = float64(r.IntN(5)), float64(r.IntN(5))/4
		if r.IntN(10) == 0 {
			v.Columns["reward"][i] = math.NaN()
		}
	}
	return v
}

// argsOf are arguments with which a selection of the name works.
func argsOf(r *rand.Rand, name string) Args {
	return Args{
		By: name, Of: []string{"n_steps", "n_tokens", "reward"}[r.IntN(3)], From: 0.25, To: 0.75, Order: []string{"", Least, Most}[r.IntN(3)],
		Count: r.IntN(20), Want: []string{"max", "min"}[r.IntN(2)], Side: []string{"low", "high"}[r.IntN(2)],
	}
}

func TestEverySelectionChoosesEachRowOnceAndTheSameAgain(t *testing.T) {
	for name := range Selections {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 3))
			left := 0
			for range 200 {
				v := randomView(r, r.IntN(80))
				other := randomView(r, 20)
				v.With, v.Arm = map[string]*View{"other": other}, other.all()
				a := argsOf(r, name)
				if name == "common" || name == "matched" {
					a.With = []string{"other"}
				}
				rows, out := Choose(v, []Args{a})
				again, _ := Choose(v, []Args{a})
				if !slices.Equal(rows, again) {
					t.Fatal("two calls chose differently")
				}
				stays := 0
				for _, n := range out {
					if n == 0 {
						stays++
					}
				}
				sorted := slices.Sorted(slices.Values(rows))
				if stays != len(rows) || len(slices.Compact(sorted)) != len(rows) {
					t.Fatalf("%d rows, %d different, %d not left out", len(rows), len(sorted), stays)
				}
				left += len(v.Items) - len(rows)
			}
			if orders := []string{"uniform", "ranked", "teachers"}; (left == 0) != slices.Contains(orders, name) {
				t.Errorf("%d rows are left out", left)
			}
		})
	}
}

func TestSelectionsFollowOneAnother(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	v := randomView(r, 500)
	rows, left := Choose(v, []Args{{By: "quantile", Of: "n_tokens", To: 0.5}, {By: "best", Of: "n_steps"}, {By: "repositories", Want: "max"}})
	middle := spreadOf(values(v, v.all(), "n_tokens")).mean
	instances := map[uint64]bool{}
	for _, i := range rows {
		it := v.Items[i]
		if float64(it.Tokens) > 1.1*middle || it.Instance != 0 && instances[it.Instance] {
			t.Errorf("%+v is there", it)
		}
		instances[it.Instance] = true
	}
	if !slices.Contains(left, 1) || !slices.Contains(left, 2) || slices.Contains(left, 3) {
		t.Error("the steps that leave rows out are not told apart")
	}
}

func TestQuartilesGiveTheWholeWhateverRepeats(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		v := randomView(r, r.IntN(100))
		times := make([]int, len(v.Items))
		last := math.Inf(-1)
		for q := range 4 {
			rows := quantile(v, v.all(), Args{Of: "n_steps", From: float64(q) / 4, To: float64(q+1) / 4})
			if len(rows) < len(v.Items)/4-1 || len(rows) > len(v.Items)/4+1 {
				t.Fatalf("a quarter of %d is %d", len(v.Items), len(rows))
			}
			high := last
			for _, i := range rows {
				times[i]++
				if x := v.value("n_steps", i); x < last {
					t.Fatalf("quarter %d holds %v, the one before %v", q, x, last)
				}
				high = max(high, v.value("n_steps", i))
			}
			last = high
		}
		for i, n := range times {
			if n != 1 {
				t.Fatalf("row %d is in %d quarters", i, n)
			}
		}
	}
}

func reposOf(v *View, rows []int) map[uint64]bool {
	repos := map[uint64]bool{}
	for _, i := range rows {
		repos[v.Items[i].Repo] = true
	}
	return repos
}

func TestDiversityIsWhatNoOtherFrontPasses(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 3))
	for range 200 {
		v := randomView(r, 60)
		for i := range v.Items {
			v.Items[i].Repo++ // all known
		}
		many, few := repositories(v, v.all(), Args{Want: "max"}), repositories(v, v.all(), Args{Want: "min"})
		all := len(reposOf(v, many))
		sizes := []int{}
		for _, g := range v.groups(v.all(), PerRepository) {
			sizes = append(sizes, len(g))
		}
		slices.Sort(sizes)
		slices.Reverse(sizes)
		for n := range len(many) {
			if got := len(reposOf(v, many[:n])); got != min(n, all) {
				t.Fatalf("%d rows are of %d repositories, and %d could be", n, got, min(n, all))
			}
			least, sum := 0, 0
			for sum < n {
				sum += sizes[least]
				least++
			}
			if got := len(reposOf(v, few[:n])); got != least {
				t.Fatalf("%d rows are of %d repositories, and %d would do", n, got, least)
			}
		}
	}
}

// Sources that name each other go by one order, and what they need in all is of
// fewer repositories than by an order of each.
func TestFewRepositoriesOfSeveralSourcesAreTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	names := []string{"a", "b", "c"}
	one, own := 0, 0
	for range 200 {
		views := map[string]*View{}
		for _, name := range names {
			views[name] = randomView(r, 40+r.IntN(80))
			for i := range views[name].Items {
				views[name].Items[i].Repo = uint64(r.IntN(3+r.IntN(12))) * uint64(1+r.IntN(2))
			}
		}
		together, apart := map[uint64]bool{}, map[uint64]bool{}
		var order map[uint64]int
		for n, name := range names {
			v, others := views[name], append(slices.Clone(names[:n]), names[n+1:]...)
			v.With = views
			slices.Reverse(others)
			rows := repositories(v, v.all(), Args{Want: "min", With: others})
			if len(rows) != len(v.Items) {
				t.Fatalf("%d rows of %d", len(rows), len(v.Items))
			}
			if rank := v.shared(others); order != nil && !maps.Equal(rank, order) {
				t.Fatalf("%s goes by %v, another by %v", name, rank, order)
			} else {
				order = rank
			}
			few := len(rows) / 3
			maps.Copy(together, reposOf(v, rows[:few]))
			maps.Copy(apart, reposOf(v, repositories(v, v.all(), Args{Want: "min"})[:few]))
		}
		one, own = one+len(together), own+len(apart)
	}
	if t.Logf("%d repositories by one order, %d by each source's own", one, own); one >= own {
		t.Errorf("%d repositories by one order, %d by each source's own", one, own)
	}
}

func TestEachSelectionIsHeldAgainstItsOwnSources(t *testing.T) {
	v := &View{Items: []Item{{Instance: 1, Repo: 1}, {Instance: 2, Repo: 2}, {Instance: 3, Repo: 3}}}
	v.With = map[string]*View{
		"worked": {Items: []Item{{Instance: 1, Repo: 1}, {Instance: 3, Repo: 1}}},
		"others": {Items: []Item{{Instance: 2, Repo: 3}}},
	}
	rows, left := Choose(v, []Args{{By: "common", With: []string{"worked"}}, {By: "repositories", Want: "min", With: []string{"others"}}})
	if !slices.Equal(rows, []int{2, 0}) || !slices.Equal(left, []int{0, 1, 0}) {
		t.Errorf("rows %v stay, left out are %v", rows, left)
	}
}

func TestWholeRepositoriesComeNear(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 3))
	for range 200 {
		v := randomView(r, 100)
		count := 1 + r.IntN(100)
		rows := wholeRepositories(v, v.all(), Args{Count: count})
		largest := 0
		for _, g := range v.groups(v.all(), PerRepository) {
			largest = max(largest, len(g))
			if key := v.Items[g[0]].Repo; key != 0 {
				n := len(where(rows, func(i int) bool { return v.Items[i].Repo == key }))
				if n != 0 && n != len(g) {
					t.Fatalf("%d of the %d rows of a repository", n, len(g))
				}
			}
		}
		if off := len(rows) - count; max(off, -off) > (largest+1)/2 {
			t.Fatalf("%d rows for %d, the largest repository has %d", len(rows), count, largest)
		}
	}
}

func TestTeachersHaveTheSamePartOfAnyFront(t *testing.T) {
	v := randomView(rand.New(rand.NewPCG(6, 3)), 200)
	for i := range v.Items {
		v.Items[i].Teacher = uint64(1 + min(2, i%10))
	}
	rows := teachers(v, v.all(), Args{})
	for n := 3; n <= 60; n += 3 {
		times := map[uint64]int{}
		for _, i := range rows[:n] {
			times[v.Items[i].Teacher]++
		}
		if times[1] != n/3 || times[2] != n/3 || times[3] != n/3 {
			t.Fatalf("the first %d are %v", n, times)
		}
	}
}

func TestCommonInstancesAreThoseOfEveryTeacher(t *testing.T) {
	v := &View{Items: []Item{
		{Instance: 1, Teacher: 1}, {Instance: 1, Teacher: 2}, {Instance: 2, Teacher: 1}, {Instance: 2, Teacher: 1},
		{Instance: 0, Teacher: 1}, {Instance: 0, Teacher: 2}, {Instance: 3, Teacher: 2}, {Instance: 3, Teacher: 1}, {Instance: 3, Teacher: 2},
	}}
	if got := common(v, v.all(), Args{}); !slices.Equal(got, []int{0, 1, 6, 7, 8}) {
		t.Errorf("got %v", got)
	}
	v.With = map[string]*View{"b": {Items: []Item{{Instance: 2}, {Instance: 3}}}, "c": {Items: []Item{{Instance: 3}, {Instance: 1}}}}
	if got := common(v, v.all(), Args{With: []string{"b", "c"}}); !slices.Equal(got, []int{6, 7, 8}) {
		t.Errorf("got %v", got)
	}
}

func TestBestIsTheBestOfEachInstance(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 3))
	for range 100 {
		v := randomView(r, 100)
		rows := best(v, v.all(), Args{Of: "reward", Order: Most, Count: 2})
		if !slices.IsSorted(rows) {
			t.Fatal("what stays is in another order")
		}
		for _, g := range v.groups(v.all(), PerInstance) {
			worst, left := math.Inf(1), math.Inf(-1)
			n := 0
			for _, i := range g {
				x := v.value("reward", i)
				if math.IsNaN(x) {
					x = -1
				}
				if slices.Contains(rows, i) {
					worst = min(worst, x)
					n++
				} else {
					left = max(left, x)
				}
			}
			if n != min(2, len(g)) || left > worst {
				t.Fatalf("%d of %d, the worst %v, left out %v", n, len(g), worst, left)
			}
		}
	}
}

func TestPassRatesAreBoundedOnBothSides(t *testing.T) {
	v := &View{Items: make([]Item, 5), Columns: map[string][]float64{PassRate: {0, 0.25, 0.75, 1, math.NaN()}}}
	if got := passRate(v, v.all(), Args{From: 0.25, To: 0.75}); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("got %v", got)
	}
	if got := passRate(v, v.all(), Args{From: 1, To: 1}); !slices.Equal(got, []int{3}) {
		t.Errorf("got %v", got)
	}
}

// TestARowMoreMovesFewOthers puts one more row somewhere and counts which of the
// others change sides.
func TestARowMoreMovesFewOthers(t *testing.T) {
	allowed := map[string]int{"uniform": 0, "ranked": 0, "teachers": 0, "random": 1, "best": 1, "quantile": 2, "pass_rate": 0}
	r := rand.New(rand.NewPCG(8, 3))
	for name, most := range allowed {
		for range 100 {
			a := argsOf(r, name)
			a.Per = ""
			v := randomView(r, 81)
			at := r.IntN(81)
			less := &View{Items: slices.Delete(slices.Clone(v.Items), at, at+1), Columns: map[string][]float64{}}
			for column, values := range v.Columns {
				less.Columns[column] = slices.Delete(slices.Clone(values), at, at+1)
			}
			with, without := map[int]bool{}, map[int]bool{}
			rows, _ := Choose(v, []Args{a})
			for _, i := range rows {
				with[i] = true
			}
			rows, _ = Choose(less, []Args{a})
			for _, i := range rows {
				if i >= at {
					i++
				}
				without[i] = true
			}
			delete(with, at)
			gone := 0
			for i := range without {
				if !with[i] {
					gone++
				}
			}
			if gone > most {
				t.Fatalf("%s: a row more costs %d others their place", name, gone)
			}
		}
	}
}

// pool is an arm and a pool that differs from it in length and repositories.
func armAndPool(r *rand.Rand) (arm, pool *View) {
	arm, pool = &View{}, &View{}
	for range 200 {
		arm.Items = append(arm.Items, Item{Repo: uint64(1 + r.IntN(5)), Tokens: int32(8000 + 2000*r.NormFloat64()), Steps: int32(20 + r.IntN(20))})
	}
	for range 4000 {
		pool.Items = append(pool.Items, Item{Repo: uint64(1 + r.IntN(20)), Tokens: int32(max(1, 15000+8000*r.NormFloat64())), Steps: int32(5 + r.IntN(90))})
	}
	return arm, pool
}

func TestAMatchedControlIsBalanced(t *testing.T) {
	arm, pool := armAndPool(rand.New(rand.NewPCG(9, 3)))
	pool.With, pool.Arm = map[string]*View{"arm": arm}, arm.all()
	on := []string{"repo", "n_tokens", "n_steps"}
	before := BalanceOf(arm, pool, arm.all(), pool.all(), on)
	rows := matched(pool, pool.all(), Args{With: []string{"arm"}, On: on})
	after := BalanceOf(arm, pool, arm.all(), rows, on)
	if len(rows) != 200 || after.Groups["repo"] < 0.999 || before.Groups["repo"] > 0.5 {
		t.Errorf("%d rows, repositories %.3f, before %.3f", len(rows), after.Groups["repo"], before.Groups["repo"])
	}
	for _, feature := range []string{"n_tokens", "n_steps"} {
		if off := math.Abs(after.Differences[feature]); off > 0.1 || math.Abs(before.Differences[feature]) < 0.5 {
			t.Errorf("%s is off by %.3f, before %.3f", feature, off, before.Differences[feature])
		}
	}
	tokens := func(v *View, rows []int) (n float64) {
		for _, i := range rows {
			n += float64(v.Items[i].Tokens)
		}
		return n
	}
	if ratio := tokens(pool, rows) / tokens(arm, arm.all()); math.Abs(ratio-1) > 0.02 {
		t.Errorf("the control has %.3f times the tokens", ratio)
	}
}

// TestANearestNeighbourIsTheNearest tries the pairing against a look at all.
func TestANearestNeighbourIsTheNearest(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 3))
	for range 300 {
		dims := 1 + r.IntN(3)
		random := func(n int) (all [][]float64) {
			for range n {
				at := make([]float64, dims)
				for k := range at {
					at[k] = float64(r.IntN(12))
				}
				all = append(all, at)
			}
			return all
		}
		points := random(r.IntN(40))
		p := newPairing(points)
		used := map[int]bool{}
		for _, at := range random(50) {
			bound := []float64{2, math.Inf(1)}[r.IntN(2)]
			nearest := math.Inf(1)
			for i := range points {
				if d := distance(points[i], at); !used[i] && d <= bound {
					nearest = min(nearest, d)
				}
			}
			got := p.take(at, bound)
			if got < 0 != math.IsInf(nearest, 1) || got >= 0 && (used[got] || distance(points[got], at) != nearest) {
				t.Fatalf("took %d of %v for %v, the nearest is at %v", got, points, at, nearest)
			}
			used[got] = true
		}
	}
}

func TestTheTwoSidesOfASplitDifferInTheFeatureAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 3))
	_, v := armAndPool(r)
	v.Columns = map[string][]float64{"test_runner": make([]float64, len(v.Items))}
	for i, it := range v.Items { // longer ones run tests more often
		v.Columns["test_runner"][i] = float64(min(1, r.IntN(2)+int(it.Tokens)/20000))
	}
	side := func(side string) []int {
		return splitHalves(v, v.all(), Args{Of: "test_runner", Side: side, On: []string{"repo", "n_tokens"}})
	}
	low, high := side("low"), side("high")
	b := BalanceOf(v, v, low, high, nil)
	if len(low) != len(high) || len(low) < 500 || math.Abs(b.Differences["n_tokens"]) > 0.05 || b.Groups["repo"] < 0.999 {
		t.Errorf("%d and %d rows, %+v", len(low), len(high), b)
	}
	for _, i := range low {
		if v.value("test_runner", i) != 0 {
			t.Fatal("a high one is low")
		}
	}
	for _, i := range high {
		if v.value("test_runner", i) != 1 {
			t.Fatal("a low one is high")
		}
	}
}

func TestEverySelectionSaysWhatItsArgumentsAre(t *testing.T) {
	for name, s := range Selections {
		for _, arg := range s.Reads {
			if ArgSummaries[arg] == "" || ArgKinds[arg] == "" {
				t.Errorf("%s reads %s, of which nothing is said", name, arg)
			}
		}
		for _, arg := range s.Needs {
			if !slices.Contains(s.Reads, arg) {
				t.Errorf("%s needs %s and does not read it", name, arg)
			}
		}
	}
	for arg := range maps.Keys(ArgSummaries) {
		if !slices.ContainsFunc(slices.Collect(maps.Values(Selections)), func(s Selection) bool { return slices.Contains(s.Reads, arg) }) {
			t.Errorf("no selection reads %s", arg)
		}
	}
}
