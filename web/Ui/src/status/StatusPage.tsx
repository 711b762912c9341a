import { Tabs } from '@mantine/core';
import { Page } from '../shell/Page';
import { useParameter } from '../shell/router';
import { ConfigTab } from './ConfigTab';
import { FlagsTab } from './FlagsTab';
import { OverviewTab } from './OverviewTab';
import { TsdbTab } from './TsdbTab';

const tabs = [
  { value: 'overview', label: 'Overview', Content: OverviewTab },
  { value: 'tsdb', label: 'Storage', Content: TsdbTab },
  { value: 'flags', label: 'Flags', Content: FlagsTab },
  { value: 'config', label: 'Configuration', Content: ConfigTab },
];

export default function StatusPage() {
  const [tab, setTab] = useParameter('tab', 'overview');
  const known = tabs.some(t => t.value === tab) ? tab : 'overview';
  return (
    <Page title="Status">
      <Tabs value={known} onChange={value => setTab(value ?? 'overview')} keepMounted={false}>
        <Tabs.List mb="md">
          {tabs.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(({ value, Content }) => (
          <Tabs.Panel key={value} value={value}>
            <Content />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
