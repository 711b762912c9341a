import { ActionIcon, Menu, ScrollArea, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { HistoryIcon } from '../../shell/icons';
import { readHistory } from './history';
import classes from '../Panel.module.css';

const maxShown = 20;

export function HistoryMenu({ onChoose }: { onChoose: (expr: string) => void }) {
  const [entries, setEntries] = useState<string[]>([]);
  return (
    <Menu position="bottom-end" width={520} shadow="md" onOpen={() => setEntries(readHistory().slice(0, maxShown))}>
      <Menu.Target>
        <Tooltip label="Earlier queries">
          <ActionIcon variant="subtle" color="gray" size={34} aria-label="Earlier queries">
            <HistoryIcon />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown maw="90vw">
        <Menu.Label>{entries.length === 0 ? 'No queries yet' : 'Earlier queries'}</Menu.Label>
        <ScrollArea.Autosize mah={360}>
          {entries.map(entry => (
            <Menu.Item key={entry} className={classes.historyEntry} onClick={() => onChoose(entry)}>
              {entry}
            </Menu.Item>
          ))}
        </ScrollArea.Autosize>
      </Menu.Dropdown>
    </Menu>
  );
}
