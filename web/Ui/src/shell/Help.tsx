import { Kbd, Modal } from '@mantine/core';
import { pages } from './pages';
import classes from './Help.module.css';

const shortcuts: { title: string; entries: [keys: string[], text: string][] }[] = [
  { title: 'Go to', entries: pages.map(page => [['g', page.shortcut], page.title]) },
  {
    title: 'Everywhere',
    entries: [
      [['/'], 'Search, or the first query'],
      [['Tab'], 'Next control'],
      [['Shift', 'D'], 'Change the theme'],
      [['?'], 'This help'],
    ],
  },
  {
    title: 'Query editor',
    entries: [
      [['Enter'], 'Run the query'],
      [['Shift', 'Enter'], 'New line'],
      [['Ctrl', 'Space'], 'Suggestions'],
      [['Alt', '↑'], 'Earlier query'],
      [['Alt', '↓'], 'Later query'],
      [['Esc'], 'Leave the editor'],
    ],
  },
  {
    title: 'Graph',
    entries: [
      [['←'], 'Values at the point before'],
      [['→'], 'Values at the next point'],
      [['Esc'], 'Back from a zoom'],
      [['Ctrl', 'Click'], 'In the legend: only this series'],
    ],
  },
];

export function Help({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size="lg" centered>
      <div className={classes.columns}>
        {shortcuts.map(group => (
          <section key={group.title}>
            <h3 className={classes.title}>{group.title}</h3>
            <dl className={classes.list}>
              {group.entries.map(([keys, text]) => (
                <div key={text}>
                  <dt>
                    {keys.map(key => (
                      <Kbd key={key} size="xs">
                        {key}
                      </Kbd>
                    ))}
                  </dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
