package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch"
)

const serveLong = `Look after all runs until it is told to end: bring their states up to date, stop one
whose budget is used up, begin the next attempt of one that lost its machine or a
rank (where the job allows more attempts), start the evaluations of one that succeeded
(eval: in its recipe), and tell the alerts of the settings:

  alerts:
    - on: [nan, stall, spike, budget, end]   # all, where it is left out
      webhook: $SLACK_URL                    # an environment variable, or a URL
    - command: [notify-send, trainyard]      # gets the alert as JSON on its input

Several may run at once. Without one, every command that looks at runs brings them
up to date and starts evaluations, and nothing is begun again by itself.`

func newServe(t *face.Terminal, s *settings) *cobra.Command {
	var every time.Duration
	var once bool
	cmd := &cobra.Command{
		Use: "serve", Short: "Look after all runs: states, budgets, next attempts, alerts", Long: serveLong, Args: cobra.NoArgs,
		Example: "  trainyard serve\n  trainyard serve --once",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if every < time.Second {
				return usageError{fmt.Errorf("--every %v: give at least 1s", every)}
			}
			channels, err := s.alerts()
			if err != nil {
				return err
			}
			w := yard.Watchman{Alerts: channels, Told: teller(t, s)}
			return withYard(s, func(y *yard.Yard) error {
				if once {
					return y.Tend(cmd.Context(), w)
				}
				return y.Serve(cmd.Context(), every, w)
			})
		},
	}
	cmd.Flags().DurationVar(&every, "every", 20*time.Second, "how often it looks")
	cmd.Flags().BoolVar(&once, "once", false, "look once and return")
	return cmd
}

// teller prints one line for each deed.
func teller(t *face.Terminal, s *settings) func(launch.Run, string, error) {
	type line struct {
		At   time.Time `json:"at"`
		Run  string    `json:"run,omitempty"`
		What string    `json:"what,omitempty"`
		Err  string    `json:"error,omitempty"`
	}
	return func(run launch.Run, what string, err error) {
		now := line{At: time.Now(), Run: run.ID, What: what}
		if err != nil {
			now.Err = err.Error()
		}
		switch {
		case s.json():
			_ = t.PrintJSON(now)
		case err != nil:
			t.Say("%s  %s  %s %v", now.At.Format(time.TimeOnly), short(run), what, err)
		default:
			t.Print("%s  %s  %s\n", now.At.Format(time.TimeOnly), short(run), what)
		}
	}
}

func short(run launch.Run) string { return run.ID[:min(8, len(run.ID))] }
