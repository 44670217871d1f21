package remote

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// A Host is a machine as the settings name it. All but Address may be left out.
type Host struct {
	Address string   // an alias of ~/.ssh/config, a host name or an IP address
	User    string   // on that machine
	Port    int      // 0: as ssh has it
	Jump    []string // hosts between here and there, [USER@]HOST[:PORT], the nearest first
	// Identity is a file with a private key, used alone; empty: those of ssh.
	Identity string
	// AcceptNew writes a key that is not known into known_hosts and goes on. A
	// changed key is refused all the same.
	AcceptNew bool
	// Config is read in place of ~/.ssh/config; "none" reads no configuration.
	Config string
}

// ParseHost reads [USER@]HOST[:PORT]; an IPv6 address with a port stands in
// brackets.
func ParseHost(text string) (Host, error) {
	rest := strings.TrimPrefix(text, "ssh://")
	var h Host
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		h.User, rest = rest[:at], rest[at+1:]
		if h.User == "" {
			return Host{}, hostFault(text, "no user before the @")
		}
	}
	address, port, err := splitPort(rest)
	if err != nil {
		return Host{}, hostFault(text, err.Error())
	}
	h.Address, h.Port = address, port
	return h, h.check()
}

func hostFault(text, why string) error {
	return fmt.Errorf("host %q: %s: give [USER@]HOST[:PORT]", text, why)
}

func splitPort(text string) (address string, port int, err error) {
	if strings.Count(text, ":") > 1 && !strings.HasPrefix(text, "[") {
		return text, 0, nil // a bare IPv6 address
	}
	if !strings.Contains(text, ":") || strings.HasSuffix(text, "]") {
		return strings.Trim(text, "[]"), 0, nil
	}
	address, digits, err := net.SplitHostPort(text)
	if err != nil {
		return "", 0, err
	}
	port, err = strconv.Atoi(digits)
	if err != nil || port < 1 || port > 65535 {
		return "", 0, fmt.Errorf("port %q is no number from 1 to 65535", digits)
	}
	return address, port, nil
}

// check refuses names that no machine and no user has. None of them reaches a
// shell, but an error about a host should not be an answer of a resolver.
func (h Host) check() error {
	switch {
	case h.Address == "":
		return hostFault(h.Address, "no host")
	case strings.HasPrefix(h.Address, "-") || strings.ContainsAny(h.Address, " \t\r\n/\\'\"`$;&|<>(){}*?!#@\x00"):
		return hostFault(h.Address, "no name of a host")
	case strings.ContainsAny(h.User, " \t\r\n\x00"):
		return fmt.Errorf("host %q: %q is no name of a user", h.Address, h.User)
	case h.Port < 0 || h.Port > 65535:
		return fmt.Errorf("host %q: port %d: give 1 to 65535", h.Address, h.Port)
	}
	return nil
}

// String is how the host is named in words.
func (h Host) String() string {
	words := h.Address
	if strings.Contains(words, ":") {
		words = "[" + words + "]"
	}
	if h.User != "" {
		words = h.User + "@" + words
	}
	if h.Port != 0 {
		words += ":" + strconv.Itoa(h.Port)
	}
	return words
}
