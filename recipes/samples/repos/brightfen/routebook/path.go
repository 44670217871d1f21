package routebook

// nearest picks the open place with the smallest distance so far.
func nearest(open map[string]bool, distance map[string]int) string {
	best := ""
	for place := range open {
		if best == "" || distance[place] < distance[best] {
			best = place
		}
	}
	return best
}

// relax lowers the distance of every neighbour that is reached better from here.
func relax(m *Map, here string, open map[string]bool, distance map[string]int, from map[string]string) {
	for _, road := range m.RoadsFrom(here) {
		length := distance[here] + road.Length
		known, seen := distance[road.To]
		if !seen || length < known {
			distance[road.To] = length
			from[road.To] = here
			open[road.To] = true
		}
	}
}

// walkBack follows the places a route came from and returns them start first.
func walkBack(from map[string]string, start, end string) []string {
	route := []string{end}
	for place := end; place != start; place = from[place] {
		route = append([]string{place}, route...)
	}
	return route
}

// ShortestRoute returns the places on the shortest way and its length; it
// returns nil when no way leads there.
func ShortestRoute(m *Map, start, end string) ([]string, int) {
	distance := map[string]int{start: 0}
	from := map[string]string{}
	open := map[string]bool{start: true}
	for len(open) > 0 {
		here := nearest(open, distance)
		delete(open, here)
		if here == end {
			return walkBack(from, start, end), distance[end]
		}
		relax(m, here, open, distance, from)
	}
	return nil, 0
}
