import { Button, Select } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { PlusIcon } from '../shell/icons';
import { navigate, useLocation } from '../shell/router';
import { Panel } from './Panel';
import classes from './Panel.module.css';
import { decodePanels, defaultPanel, encodePanels, type PanelState } from './panel';

interface Entry {
  id: number;
  panel: PanelState;
}

let lastId = 0;
const entry = (panel: PanelState): Entry => ({ id: ++lastId, panel });

function entriesOf(search: string): Entry[] {
  const panels = decodePanels(search);
  return (panels.length > 0 ? panels : [defaultPanel]).map(entry);
}

const refreshes = [
  { value: '0', label: 'No refresh' },
  { value: '5000', label: 'Every 5 s' },
  { value: '15000', label: 'Every 15 s' },
  { value: '60000', label: 'Every minute' },
];

/** Several panels; the address always describes them, and going back in the browser brings earlier ones back. */
export default function QueryPage() {
  const { search } = useLocation();
  const [entries, setEntries] = useState(() => entriesOf(search));
  const [refresh, setRefresh] = useState('0');
  const [tick, setTick] = useState(0);
  const written = useRef(search);

  useEffect(() => {
    if (search === written.current) return;
    written.current = search;
    setEntries(entriesOf(search));
  }, [search]);

  useEffect(() => {
    if (refresh === '0') return;
    const timer = setInterval(() => document.hidden || setTick(count => count + 1), Number(refresh));
    return () => clearInterval(timer);
  }, [refresh]);

  const update = (next: Entry[]) => {
    setEntries(next);
    written.current = encodePanels(next.map(e => e.panel));
    navigate('/query', written.current);
  };
  const change = (id: number, part: Partial<PanelState>) =>
    update(entries.map(e => (e.id === id ? { ...e, panel: { ...e.panel, ...part } } : e)));

  return (
    <div>
      <h1 className="visually-hidden">Query</h1>
      {entries.map((e, i) => (
        <Panel
          key={e.id}
          panel={e.panel}
          tick={tick}
          autoFocus={i === entries.length - 1 && e.panel.expr === ''}
          onChange={part => change(e.id, part)}
          onDuplicate={() => update(entries.flatMap(other => (other === e ? [other, entry(e.panel)] : [other])))}
          onRemove={entries.length > 1 ? () => update(entries.filter(other => other !== e)) : undefined}
        />
      ))}
      <div className={classes.bar}>
        <Button variant="default" size="xs" leftSection={<PlusIcon size={13} />} onClick={() => update([...entries, entry(defaultPanel)])}>
          Add panel
        </Button>
        <Select size="xs" w={130} aria-label="Refresh all panels" data={refreshes} value={refresh} onChange={value => setRefresh(value ?? '0')} allowDeselect={false} />
      </div>
    </div>
  );
}
