package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"
	"github.com/spf13/viper"

	"trainyard/cmd/trainyard/yard"
	"trainyard/launch"
	"trainyard/launch/provider"
)

// settings are what may differ between machines without making a different
// dataset or run: places, workers, the backend. Each comes, in this order,
// from its flag, TRAINYARD_NAME in the environment, config.yaml in the user's
// configuration directory, or its default. spf13/viper does that layering
// (the user's choice); it never sees a recipe, whose keys it would
// lower-case and let the environment change.
type settings struct {
	v *viper.Viper
}

// A setting is one row of the table that flags and help are made from.
type setting struct {
	name, usage string
	value       any
	recipe      bool // for the commands that read a recipe alone: see recipeFlags
}

func settingTable() []setting {
	return []setting{
		{"home", "where runs, datasets and samples are kept", defaultHome(), false},
		{"data", "directory that relative paths of sources start from (default: that of the recipe)", "", true},
		{"workers", "goroutines that parse, tokenise and write (0 = one per processor)", 0, false},
		{"cache", "where what was made of files is kept, or off (default: HOME/cache)", "", false},
		{"cache-limit", "how large the cache may become (trainyard cache)", "20GB", false},
		{"ledger", "postgres://… of a ledger that a team shares (default: a file in home)", "", false},
		{"user", "who launches, written beside each run", userName(), false},
		{"prices", "JSON file of GPU-hour prices, for machines that have none of their own", "", false},
		{"ask-above", "a launch whose worst case is above so many dollars needs --yes", 100, false},
		{"color", "auto, always or never", "auto", false},
	}
}

func settingNames() (names []string) {
	for _, row := range settingTable() {
		names = append(names, row.name)
	}
	return names
}

func newSettings() *settings { return &settings{v: viper.New()} }

func (s *settings) flags(root *cobra.Command) {
	settingFlags(root, false)
	root.PersistentFlags().Bool("json", false, "print facts as JSON")
}

// recipeFlags are the settings that mean something where a recipe is read, and
// nothing for paths on the command line.
func (s *settings) recipeFlags(cmd *cobra.Command) { settingFlags(cmd, true) }

func settingFlags(cmd *cobra.Command, recipe bool) {
	flags := cmd.PersistentFlags()
	for _, row := range settingTable() {
		if row.recipe != recipe {
			continue
		}
		switch value := row.value.(type) {
		case string:
			flags.String(row.name, value, row.usage)
		case int:
			flags.Int(row.name, value, row.usage)
		}
	}
}

// load reads the layers once the flags are parsed.
func (s *settings) load(cmd *cobra.Command) error {
	s.v.SetEnvPrefix("trainyard")
	s.v.SetEnvKeyReplacer(strings.NewReplacer("-", "_"))
	s.v.AutomaticEnv()
	if err := s.v.BindPFlags(cmd.Flags()); err != nil {
		return err
	}
	if f := cmd.Flags().Lookup("ledger"); f != nil && f.Changed && launch.HoldsPassword(f.Value.String()) {
		return usageError{errors.New("--ledger has a password, which every user of this machine sees there: give it by PGPASSWORD, ~/.pgpass or TRAINYARD_LEDGER")}
	}
	if dir, err := os.UserConfigDir(); err == nil {
		s.v.SetConfigFile(filepath.Join(dir, "trainyard", "config.yaml"))
		if err := s.v.ReadInConfig(); err != nil && !os.IsNotExist(err) {
			return unreadable(s.v.ConfigFileUsed(), err)
		}
	}
	return s.check()
}

// check refuses what would be taken for a default otherwise.
func (s *settings) check() error {
	known := append(settingNames(), "json", backendsKey, alertsKey, capsKey)
	for _, key := range s.v.AllKeys() {
		if s.v.InConfig(key) && !slices.Contains(known, key) && !strings.HasPrefix(key, capsKey+".") {
			return fmt.Errorf("settings %s: no setting %q (there are %s)", s.v.ConfigFileUsed(), key, strings.Join(known, ", "))
		}
	}
	for _, row := range settingTable() {
		if kind := reflect.ValueOf(s.v.Get(row.name)).Kind(); kind == reflect.Slice || kind == reflect.Map {
			return s.misfit(row.name, s.v.Get(row.name), "one value: "+row.usage)
		}
	}
	if above := s.v.GetString("ask-above"); !isDollars(above) {
		return usageError{fmt.Errorf("ask-above %q is no number of dollars", above)}
	}
	if _, err := strconv.Atoi(s.v.GetString("workers")); err != nil {
		return usageError{fmt.Errorf("workers %q is no number", s.v.GetString("workers"))}
	}
	if c := s.color(); c != "auto" && c != "always" && c != "never" {
		return usageError{fmt.Errorf("color %q: want auto, always or never", c)}
	}
	if _, err := s.cacheLimit(); err != nil {
		return usageError{err}
	}
	if _, err := s.caps(); err != nil {
		return err
	}
	if _, err := s.alerts(); err != nil {
		return err
	}
	if place := s.v.GetString("ledger"); place != "" && !launch.IsURL(place) {
		return usageError{errors.New("ledger is no postgres:// address; a file lies in --home")} // it may hold a password
	}
	if n := s.workers(); n < 0 {
		return usageError{fmt.Errorf("workers %d: give 0 for one per processor, or a number", n)}
	}
	return nil
}

func (s *settings) home() string  { return s.v.GetString("home") }
func (s *settings) cache() string { return s.v.GetString("cache") }
func (s *settings) data() string  { return s.v.GetString("data") }
func (s *settings) workers() int  { return s.v.GetInt("workers") }

// cacheLimit is a number of bytes.
func (s *settings) cacheLimit() (int64, error) {
	n, err := parseBytes(s.v.GetString("cache-limit"))
	if err != nil {
		return 0, fmt.Errorf("cache-limit %w", err)
	}
	return n, nil
}

// parseBytes reads a size as people write it.
func parseBytes(text string) (int64, error) {
	n, err := humanize.ParseBytes(text)
	if err != nil || n > math.MaxInt64 {
		return 0, fmt.Errorf("%q is no size, such as 500MB or 20GB", text)
	}
	return int64(n), nil
}

// goroutines is workers with its default told.
func (s *settings) goroutines() int {
	if n := s.workers(); n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// askAbove is in dollars.
func (s *settings) askAbove() float64 { return s.v.GetFloat64("ask-above") }

func (s *settings) json() bool    { return s.v.GetBool("json") }
func (s *settings) color() string { return s.v.GetString("color") }

// providerClock is what providers are waited for by: nil is the machine's. Tests have
// one that does not take its time.
var providerClock provider.Clock

// yard is where the settings say that things lie.
func (s *settings) yard() (*yard.Yard, error) {
	home, err := filepath.Abs(s.home())
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	dir := s.cache()
	if dir != "" && dir != "off" {
		if dir, err = filepath.Abs(dir); err != nil {
			return nil, err
		}
	}
	limit, err := s.cacheLimit()
	if err != nil {
		return nil, err
	}
	backends, gpuHours, err := s.backends()
	if err != nil {
		return nil, err
	}
	caps, err := s.caps()
	if err != nil {
		return nil, err
	}
	return &yard.Yard{Prices: s.v.GetString("prices"), Ledger: s.v.GetString("ledger"), User: s.v.GetString("user"), Caps: caps, Backends: backends, GPUHours: gpuHours, Home: home, Data: s.data(), Workers: s.workers(), Cache: dir, CacheLimit: limit, Self: self, Clock: providerClock}, nil
}

// withYard calls do with the yard of the settings, and closes it.
func withYard(s *settings, do func(*yard.Yard) error) error {
	y, err := s.yard()
	if err != nil {
		return err
	}
	return errors.Join(do(y), y.Close())
}

// defaultHome follows the XDG base directories, which users of several
// machines already synchronise or exclude.
func defaultHome() string {
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "trainyard")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ".trainyard"
	}
	return filepath.Join(home, ".local", "share", "trainyard")
}

// invocation is how to start this program again with the same state: go run
// deletes what it built, and --home is not remembered.
func invocation(s *settings) string {
	words := "trainyard"
	if self, err := os.Executable(); err == nil && strings.Contains(self, string(filepath.Separator)+"go-build") {
		words = "go run ./cmd/trainyard"
	}
	if s.v.InConfig("home") || s.home() == defaultHome() || os.Getenv("TRAINYARD_HOME") != "" {
		return words
	}
	return words + " --home " + s.home()
}
