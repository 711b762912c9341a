import { useState } from 'react';
import { usePolled } from '../api/usePolled';
import { matchesSearch } from '../format/labels';
import { SearchField } from '../shell/Filters';
import { Facts } from './Facts';
import { Remote } from './Remote';

export function FlagsTab() {
  const polled = usePolled<Record<string, string>>('status/flags', null);
  const [search, setSearch] = useState('');
  return (
    <Remote polled={polled}>
      {flags => (
        <>
          <div style={{ display: 'flex', marginBottom: 12 }}>
            <SearchField label="Search flags" value={search} onChange={setSearch} />
          </div>
          <Facts
            title="Command line"
            facts={Object.entries(flags)
              .filter(([name, value]) => matchesSearch(search, [`--${name}`, value]))
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([name, value]) => ({ name: `--${name}`, value }))}
          />
        </>
      )}
    </Remote>
  );
}
