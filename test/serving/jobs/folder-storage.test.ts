import { folderStorage } from '../../../serving/jobs/storage/folder-storage.js';
import { temporaryFolder } from '../../data/temporary-folder.js';
import { storageContract } from './storage-contract.js';

storageContract('a folder', async () => folderStorage(await temporaryFolder()));
