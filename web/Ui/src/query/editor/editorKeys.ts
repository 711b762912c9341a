import {
  acceptCompletion,
  closeCompletion,
  completionStatus,
  moveCompletionSelection,
  selectedCompletion,
  startCompletion,
} from '@codemirror/autocomplete';
import { insertNewlineAndIndent } from '@codemirror/commands';
import type { EditorView, KeyBinding } from '@codemirror/view';
import { readHistory } from './history';

interface Actions {
  run: () => void;
}

/** Enter takes the marked suggestion, unless that is what stands there already: then, and without suggestions, it runs. */
function enter(view: EditorView, run: () => void): boolean {
  const chosen = completionStatus(view.state) === 'active' ? selectedCompletion(view.state) : null;
  const before = view.state.sliceDoc(0, view.state.selection.main.head);
  if (chosen && !before.endsWith(chosen.label)) return acceptCompletion(view);
  closeCompletion(view);
  run();
  return true;
}

function replaceAll(view: EditorView, text: string): void {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: text.length } });
}

/** Walks through earlier queries; what was being typed comes back past the newest. */
function historyWalk(): (view: EditorView, step: 1 | -1) => boolean {
  let entries: string[] = [];
  let place = -1;
  let typed = '';
  let shown: string | null = null;
  return (view, step) => {
    const text = view.state.doc.toString();
    if (text !== shown) {
      typed = text;
      place = -1;
      entries = readHistory().filter(entry => entry !== typed);
    }
    place = Math.max(-1, Math.min(entries.length - 1, place + step));
    shown = place === -1 ? typed : entries[place]!;
    replaceAll(view, shown);
    return true;
  };
}

export function editorKeys({ run }: Actions): KeyBinding[] {
  const walk = historyWalk();
  return [
    { key: 'Enter', run: view => enter(view, run) },
    { key: 'Mod-Enter', run: () => (run(), true) },
    { key: 'Shift-Enter', run: insertNewlineAndIndent },
    { key: 'Tab', run: acceptCompletion },
    { key: 'Escape', run: view => closeCompletion(view) || (view.contentDOM.blur(), true) },
    { key: 'Ctrl-Space', run: startCompletion },
    { key: 'ArrowDown', run: moveCompletionSelection(true) },
    { key: 'ArrowUp', run: moveCompletionSelection(false) },
    { key: 'PageDown', run: moveCompletionSelection(true, 'page') },
    { key: 'PageUp', run: moveCompletionSelection(false, 'page') },
    { key: 'Alt-ArrowUp', run: view => walk(view, 1) },
    { key: 'Alt-ArrowDown', run: view => walk(view, -1) },
  ];
}
