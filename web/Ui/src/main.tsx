import '@mantine/core/styles.css';
import './shell/base.css';
import { createRoot } from 'react-dom/client';
import { App } from './shell/App';

createRoot(document.getElementById('root')!).render(<App />);
