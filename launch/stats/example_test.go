package stats_test

import (
	"fmt"

	"trainyard/launch/stats"
)

func ExampleCompare() {
	before := stats.Run{Name: "7B-a", Scores: map[string]float64{}}
	after := stats.Run{Name: "7B-b", Scores: map[string]float64{}}
	for i := range 500 {
		id := fmt.Sprintf("instance-%03d", i)
		before.Scores[id], after.Scores[id] = 0, 0
		if i < 75 {
			before.Scores[id] = 1
		}
		if i >= 30 && i < 120 {
			after.Scores[id] = 1
		}
	}
	c, err := stats.Compare(before, after, stats.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Difference.Words)
	fmt.Println(len(c.Won), "won,", len(c.Lost), "lost")
	// Output:
	// 7B-b minus 7B-a: 3.0 points on 500 instances (95 % interval -0.4 to 6.4)
	// 45 won, 30 lost
}

func ExampleDesign_Smallest() {
	design := stats.Design{Instances: 500, Baseline: 0.15, Discordance: 0.12}
	gain, err := design.Smallest()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(gain.Words)
	// Output:
	// 500 instances and 1 seed a cell find a gain of 4.3 points over 15.0 % with a power of 80 % (half of the time 3.0, 95 % of the time 5.6)
}
