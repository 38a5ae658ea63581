import { BoxGeometry, Mesh, MeshNormalMaterial, PerspectiveCamera, Scene, WebGLRenderer } from 'three';
import { reactor } from '../reactor.ts';

const renderer = new WebGLRenderer({ antialias: true });
const scene = new Scene();
const camera = new PerspectiveCamera(50, 4 / 3, 0.1, 10);
const cube = new Mesh(new BoxGeometry(), new MeshNormalMaterial());
renderer.setSize(400, 300);
document.body.append(renderer.domElement);
camera.position.z = 3;
scene.add(cube);

reactor.onFrame({
  update: ({ delta }) => cube.rotateY(delta / 1_000),
  render: () => renderer.render(scene, camera),
});
await reactor.run();
