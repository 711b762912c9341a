import { autocompletion, closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { useEffect, useRef } from 'react';
import { basePath } from '../../api/client';
import './Editor.css';
import { editorKeys } from './editorKeys';
import { editorTheme } from './editorTheme';
import type { TextRange } from './errorPosition';

interface EditorProps {
  value: string;
  onChange: (value: string) => void;
  onRun: () => void;
  /** What the server refused, and where in the expression; null when it did not. */
  refusal: { range: TextRange; message: string } | null;
  autoFocus: boolean;
}

/** Completion asks the server for names of metrics, labels and values; one cache serves all panels. */
const promql = new PromQLExtension().activateLinter(true).setComplete({
  remote: { url: basePath().replace(/\/$/, ''), httpMethod: 'GET', fetchFn: (input, init) => fetch(input, init), cache: { maxAge: 60_000 } },
});

export function Editor({ value, onChange, onRun, refusal, autoFocus }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const handlers = useRef({ onChange, onRun });
  handlers.current = { onChange, onRun };

  useEffect(() => {
    const editor = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: value,
        selection: { anchor: value.length },
        extensions: [
          Prec.highest(keymap.of(editorKeys({ run: () => handlers.current.onRun() }))),
          keymap.of([...closeBracketsKeymap, ...historyKeymap, ...defaultKeymap]),
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ defaultKeymap: false, icons: false, maxRenderedOptions: 100 }),
          promql.asExtension(),
          placeholder('Expression, for example  rate(node_cpu_seconds_total[5m])'),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': 'PromQL expression', 'data-testid': 'query-input' }),
          EditorView.updateListener.of(update => {
            if (update.docChanged) handlers.current.onChange(update.state.doc.toString());
          }),
          editorTheme,
        ],
      }),
    });
    view.current = editor;
    // The editor arrives late (its code is a chunk of its own): whoever has tabbed on meanwhile keeps the focus.
    if (autoFocus && (document.activeElement === null || document.activeElement === document.body)) editor.focus();
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value }, selection: { anchor: value.length } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !refusal || refusal.range.to > editor.state.doc.length) return;
    editor.dispatch(setDiagnostics(editor.state, [{ ...refusal.range, severity: 'error', message: refusal.message }]));
  }, [refusal]);

  return <div ref={host} className="query-editor" data-search="" />;
}
