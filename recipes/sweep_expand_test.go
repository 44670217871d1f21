package recipes

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// axes, say and combosText spell matrices in the way of GitHub's documentation.
func axes(t *testing.T, lines ...string) (dims []dimension) {
	t.Helper()
	for _, line := range lines {
		key, values, _ := strings.Cut(line, ": ")
		var d dimension
		for _, v := range strings.Split(values, ", ") {
			d = append(d, combo{word(key, v, pos{})})
		}
		dims = append(dims, d)
	}
	return dims
}

func clausesOf(lines ...string) (all []clause) {
	for _, line := range lines {
		var c combo
		for _, pair := range strings.Split(line, ", ") {
			key, value, _ := strings.Cut(pair, ": ")
			c = append(c, word(key, value, pos{}))
		}
		all = append(all, clause{say: c})
	}
	return all
}

func comboText(c combo) string {
	var parts []string
	for _, p := range c {
		parts = append(parts, p.key+": "+p.text)
	}
	return strings.Join(parts, ", ")
}

func comboTexts(all []combo) (lines []string) {
	for _, c := range all {
		lines = append(lines, comboText(c))
	}
	return lines
}

// The examples of https://docs.github.com/actions, "running variations of jobs in a
// workflow", with the combinations that it lists.
func TestExpansionIsThatOfGitHubsExamples(t *testing.T) {
	for _, c := range []struct {
		name             string
		dims             []dimension
		exclude, include []clause
		want             []string
	}{
		{"two axes, in the order in which they are defined", axes(t, "version: 10, 12, 14", "os: ubuntu-latest, windows-latest"), nil, nil, []string{
			"version: 10, os: ubuntu-latest", "version: 10, os: windows-latest", "version: 12, os: ubuntu-latest",
			"version: 12, os: windows-latest", "version: 14, os: ubuntu-latest", "version: 14, os: windows-latest",
		}},
		{"fruits and animals", axes(t, "fruit: apple, pear", "animal: cat, dog"), nil,
			clausesOf("color: green", "color: pink, animal: cat", "fruit: apple, shape: circle", "fruit: banana", "fruit: banana, animal: cat"), []string{
				"fruit: apple, animal: cat, color: pink, shape: circle", "fruit: apple, animal: dog, color: green, shape: circle",
				"fruit: pear, animal: cat, color: pink", "fruit: pear, animal: dog, color: green",
				"fruit: banana", "fruit: banana, animal: cat",
			}},
		{"an include that expands one combination", axes(t, "os: windows-latest, ubuntu-latest", "node: 14, 16"), nil, clausesOf("os: windows-latest, node: 16, npm: 6"), []string{
			"os: windows-latest, node: 14", "os: windows-latest, node: 16, npm: 6", "os: ubuntu-latest, node: 14", "os: ubuntu-latest, node: 16",
		}},
		{"an include that adds one", axes(t, "os: macos-latest, windows-latest, ubuntu-latest", "version: 12, 14, 16"), nil, clausesOf("os: windows-latest, version: 17"), []string{
			"os: macos-latest, version: 12", "os: macos-latest, version: 14", "os: macos-latest, version: 16",
			"os: windows-latest, version: 12", "os: windows-latest, version: 14", "os: windows-latest, version: 16",
			"os: ubuntu-latest, version: 12", "os: ubuntu-latest, version: 14", "os: ubuntu-latest, version: 16",
			"os: windows-latest, version: 17",
		}},
		{"includes alone", nil, nil, clausesOf("site: production, datacenter: site-a", "site: staging, datacenter: site-b"), []string{
			"site: production, datacenter: site-a", "site: staging, datacenter: site-b",
		}},
		{"excludes match in part", axes(t, "os: macos-latest, windows-latest", "version: 12, 14, 16", "environment: staging, production"),
			clausesOf("os: macos-latest, version: 12, environment: production", "os: windows-latest, version: 16"), nil, []string{
				"os: macos-latest, version: 12, environment: staging",
				"os: macos-latest, version: 14, environment: staging", "os: macos-latest, version: 14, environment: production",
				"os: macos-latest, version: 16, environment: staging", "os: macos-latest, version: 16, environment: production",
				"os: windows-latest, version: 12, environment: staging", "os: windows-latest, version: 12, environment: production",
				"os: windows-latest, version: 14, environment: staging", "os: windows-latest, version: 14, environment: production",
			}},
		{"an include brings back what was excluded", axes(t, "os: a, b", "version: 1, 2"), clausesOf("os: a"), clausesOf("os: a, version: 2"), []string{
			"os: b, version: 1", "os: b, version: 2", "os: a, version: 2",
		}},
		{"nothing at all is one cell", nil, nil, nil, []string{""}},
	} {
		got, idle := expand(c.dims, c.exclude, c.include)
		if !slices.Equal(comboTexts(got), c.want) || len(idle) > 0 {
			t.Errorf("%s:\ngot\n  %s\nwant\n  %s\nidle %v", c.name, strings.Join(comboTexts(got), "\n  "), strings.Join(c.want, "\n  "), idle)
		}
	}
}

func TestAnExcludeThatMatchesNothingIsTold(t *testing.T) {
	dims := axes(t, "os: a, b", "version: 1, 2")
	if _, idle := expand(dims, clausesOf("os: a", "os: c", "os: b, version: 3"), nil); !slices.Equal(idle, []int{1, 2}) {
		t.Errorf("%v", idle)
	}
	if _, idle := expand(dims, clausesOf("os: a", "os: a, version: 1"), nil); len(idle) > 0 {
		t.Errorf("%v: what an earlier exclude took is no mistake", idle)
	}
}

// The product of axes that are turned has the same combinations, and each value of
// each axis as often as the others' lengths say, none lost and none twice.
func TestExpansionDoesNotDependOnTheOrderOfAxes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var lines, excluded []string
		product := 1
		for a := range 1 + random.IntN(4) {
			n := 1 + random.IntN(4)
			product *= n
			var values []string
			for v := range n {
				values = append(values, fmt.Sprint("v", v))
			}
			lines = append(lines, fmt.Sprintf("k%d: %s", a, strings.Join(values, ", ")))
		}
		for range random.IntN(3) {
			excluded = append(excluded, fmt.Sprintf("k%d: v%d", random.IntN(len(lines)), random.IntN(4)))
		}
		one, _ := expand(axes(t, lines...), clausesOf(excluded...), nil)
		random.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		random.Shuffle(len(excluded), func(i, j int) { excluded[i], excluded[j] = excluded[j], excluded[i] })
		two, _ := expand(axes(t, lines...), clausesOf(excluded...), nil)
		a, b := sortedCells(one), sortedCells(two)
		if !slices.Equal(a, b) || len(slices.Compact(slices.Clone(a))) != len(a) {
			t.Fatalf("%v\n%v\n%v", lines, a, b)
		}
		if len(excluded) == 0 && len(a) != product {
			t.Fatalf("%d combinations of %d", len(a), product)
		}
	}
}

func sortedCells(all []combo) (lines []string) {
	for _, c := range all {
		sorted := slices.SortedFunc(slices.Values(c), func(p, q assignment) int { return strings.Compare(p.key, q.key) })
		lines = append(lines, comboText(sorted))
	}
	slices.Sort(lines)
	return lines
}
