// Reads Grafana dashboards into Grafana's own published types and back: what does not come back is nothing that Grafana
// knows. So an unknown field, panel kind, option or query field is an error, and a required one that is missing.
//
//	dashboards FILE.json …
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// lost tells each value of `written` that `read` does not hold. What `read` adds are defaults.
func lost(path string, written, read any) []string {
	switch before := written.(type) {
	case map[string]any:
		after, ok := read.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s: read as %v", path, read)}
		}
		var told []string
		for key, value := range before {
			back, known := after[key]
			if !known && value != nil {
				told = append(told, fmt.Sprintf("%s.%s: unknown", path, key))
			} else {
				told = append(told, lost(path+"."+key, value, back)...)
			}
		}
		return told
	case []any:
		after, ok := read.([]any)
		if !ok || len(after) != len(before) {
			return []string{fmt.Sprintf("%s: read as %v", path, read)}
		}
		var told []string
		for place, value := range before {
			told = append(told, lost(fmt.Sprintf("%s[%d]", path, place), value, after[place])...)
		}
		return told
	}
	if !reflect.DeepEqual(written, read) {
		return []string{fmt.Sprintf("%s: %v is read as %v", path, written, read)}
	}
	return nil
}

func check(text []byte) ([]string, error) {
	var strict, read dashboard.Dashboard
	// An empty list of errors comes as an error, too.
	if err := strict.UnmarshalJSONStrict(text); err != nil && err.Error() != "" {
		return nil, err
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return nil, err
	}
	var told []string
	for place, one := range read.Panels {
		if one.Panel == nil {
			continue
		}
		if _, known := cog.ConfigForPanelcfgVariant(one.Panel.Type); !known {
			told = append(told, fmt.Sprintf("panels[%d]: no kind of panel: %s", place, one.Panel.Type))
		}
	}
	back, err := json.Marshal(read)
	if err != nil {
		return nil, err
	}
	var before, after any
	if err := json.Unmarshal(text, &before); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(back, &after); err != nil {
		return nil, err
	}
	return append(told, lost("dashboard", before, after)...), read.Validate()
}

func main() {
	plugins.RegisterDefaultPlugins()
	status := 0
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		var told []string
		if err == nil {
			told, err = check(text)
		}
		if err != nil {
			told = append(told, err.Error())
		}
		for _, one := range told {
			fmt.Fprintf(os.Stderr, "%s: %s\n", path, one)
			status = 1
		}
	}
	os.Exit(status)
}
