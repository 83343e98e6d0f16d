import { type QuantizedModel, quantizeArtefact } from '../../../models/pretrained/quantize-artefact.js';

/** Writes a model with its matrices in 8 bits. @throws TandemError as quantizeArtefact */
export const quantizeFolder = (model: string, out: string): Promise<QuantizedModel> => quantizeArtefact(model, out);
