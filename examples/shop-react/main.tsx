import { createRoot } from 'react-dom/client';
import '../shop/shop.css';
import { Shop, type ShopSettings } from './shop';

const settings: ShopSettings = await (await fetch('settings.json')).json();
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<Shop settings={settings} />);
