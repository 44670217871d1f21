package main

// phrases holds what the teachers say before an action, by teacher and stage.
// {word}, {file}, {func}, {decoy} and {goal} are filled in.
var phrases = map[string]map[string][]string{
	scriptedA: {
		"orient":  {"What is here?", "Let me see the layout.", "I'll look around.", "What does this repository hold?", "The top level.", "An overview helps."},
		"search":  {"Search for \"{word}\".", "Does anything mention \"{word}\"?", "\"{word}\" is the best clue I have.", "grep for \"{word}\" next.", "Try \"{word}\".", "The text suggests \"{word}\"; look for it."},
		"survey":  {"What does {file} define?", "Now {file}.", "{file} could matter; skim it.", "Look through {file}.", "Next candidate: {file}.", "Check {file} too."},
		"doubt":   {"{decoy} sounds close; rule it out.", "Read {decoy} before deciding.", "Is it {decoy}? Look.", "{decoy} is next door, compare."},
		"read":    {"Read {func}.", "{func} in {file} looks right.", "Now the code of {func}.", "Let me see {func} whole."},
		"callers": {"Who uses {func}?", "Find the uses of {func}.", "Where is {func} called from?"},
		"ponder":  {"Sum up before I edit.", "Decide.", "What do I know?"},
		"edit":    {"That is the place. Edit.", "Make the change in {file}.", "Write it down there.", "Clear enough; {goal}."},
		"retry":   {"Wrong white space. Once more.", "I misquoted the line; repeat it exactly.", "Copy the text as it stands."},
		"check":   {"Check the change.", "What changed?", "Look at the diff.", "Did it land where I meant?"},
		"test":    {"Run the tests.", "Do the tests still pass?"},
		"loop":    {"Again.", "Look for \"{word}\" once more.", "It must be there; search again.", "Try \"{word}\" again."},
		"flood":   {"Look at the data that goes through here.", "Print the catalogue.", "What do the rows look like?"},
		"page":    {"Next stretch of the catalogue.", "Go on reading the rows.", "More rows."},
		"colour":  {"Look at the saved log.", "What does a real log look like?"},
		"finish":  {"Done.", "That is all.", "That settles it.", "Nothing left to do."},
		"give up": {"I am out of ideas.", "This leads nowhere; stop.", "I can't place it."},
	},
	scriptedB: {
		"orient":  {"Before I search for anything I want to know how the repository is laid out.", "I do not know this code yet, so a look at its files comes first.", "A short look around will tell me which files are worth reading.", "Let me get an idea of the structure and of the history before going deeper.", "I'll begin with what the project says about itself."},
		"search":  {"The task makes me think of \"{word}\", so I'll see where that turns up in the sources.", "If the code uses the same vocabulary as the task, \"{word}\" should lead me to it.", "I'm going to search for \"{word}\" and follow the matches.", "Searching for \"{word}\" narrows this down faster than reading every file.", "Perhaps the authors call it \"{word}\"; a search will tell."},
		"survey":  {"I want to see what {file} is responsible for before I rule it in or out.", "{file} may well be involved, so let me go through it.", "Next I read {file}; even if it is not the place it may call it.", "To be thorough I'll look at {file} as well.", "The names in {file} should show whether it belongs to this topic."},
		"doubt":   {"At first sight {decoy} could be meant as well, so I compare it with the task.", "{decoy} does something similar. I'd rather read it than guess.", "There is {decoy} right beside it; I should understand how they differ."},
		"read":    {"{func} in {file} fits what I was told. I'll read it from the first line to the last.", "Now I look at {func} closely, since the details decide.", "This points at {func}; let me read its code with some lines around it.", "I believe {func} is what I am after. Reading it will confirm that."},
		"callers": {"It helps to know who relies on {func}, so I list its uses.", "Before I touch {func} I want to see where it is called.", "The callers of {func} show what is expected of it."},
		"ponder":  {"Let me put together what I found before I change anything.", "I have enough pieces now; I'll write down what they mean.", "A moment to weigh the candidates against the task."},
		"edit":    {"I am confident about the place now, so I {goal}.", "What remains is to {goal}; I keep everything else untouched.", "I'll {goal} with a single small edit in {file}.", "The change goes right here: I {goal}."},
		"retry":   {"My quotation did not match the file character for character; I repeat it with the exact text.", "The old text has to match exactly, so I copy it from what I just read.", "I added a blank that is not in the file. Here is the edit with the right text."},
		"check":   {"I look at the result to make sure that only the intended lines changed.", "Let me verify the edit by reading the difference.", "A last look at the work tree shows whether anything else was touched.", "I want to see the change the way a reviewer would."},
		"test":    {"The repository has tests that run anywhere, so I run them.", "To be safe I run the test script after the edit."},
		"loop":    {"I am sure there must be a match for \"{word}\", so I search for it again.", "Perhaps I overlooked it; I repeat the search for \"{word}\".", "Let me run that search again and look more carefully."},
		"flood":   {"The data itself may explain the behaviour, so I print the catalogue.", "To see which values occur I go through the whole catalogue.", "I'll look at the actual rows, all of them."},
		"page":    {"I continue with the following part of the catalogue.", "On to the rows after those.", "There is more of the catalogue; I read on."},
		"colour":  {"The repository keeps a log saved from a terminal; it shows what the code has to cope with.", "A real log says more than a description, so I open the saved one."},
		"finish":  {"The task was to {goal}, and that is done.", "Everything asked for is in place, so I finish here.", "I'm satisfied with the change and end my work."},
		"give up": {"I have searched in every direction I can think of and do not see the place.", "None of the candidates convinces me, and I would rather stop than edit at random."},
	},
}
