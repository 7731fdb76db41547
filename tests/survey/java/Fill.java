import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.reference.Reference;
import org.javarosa.core.reference.ReferenceFactory;
import org.javarosa.core.reference.ReferenceManager;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormAnswerDataParser;
import org.javarosa.xform.util.XFormUtils;

/**
 * Fills a form with JavaRosa, the engine inside ODK Collect, and prints the finished record.
 *
 * java -cp ODK_Validate.jar Fill.java FORM.xml ANSWERS: one `path=value` a line, asked in the form's own
 * order; what is not relevant is not asked. Lists of the form (dwellings.csv) lie beside FORM.xml.
 */
public class Fill {
    public static void main(String[] given) throws Exception {
        Path form = Path.of(given[0]).toAbsolutePath();
        Map<String, String> answers = read(Path.of(given[1]));
        new XFormsModule().registerModule();
        ReferenceManager.instance().addReferenceFactory(new Beside(form.getParent()));

        FormDef definition = XFormUtils.getFormFromFormXml(form.toString(), null);
        definition.initialize(true, new InstanceInitializationFactory());
        answer(new FormEntryController(new FormEntryModel(definition)), answers);
        definition.postProcessInstance();
        System.out.write(new XFormSerializingVisitor().serializeInstance(definition.getMainInstance(), definition));
        System.out.flush();
    }

    private static Map<String, String> read(Path file) throws IOException {
        Map<String, String> answers = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            int at = line.indexOf('=');
            if (at > 0) answers.put(line.substring(0, at), line.substring(at + 1));
        }
        return answers;
    }

    /** Walk the form as a person does: question after question, those that are relevant. */
    private static void answer(FormEntryController entry, Map<String, String> answers) {
        entry.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        int event;
        while ((event = entry.stepToNextEvent()) != FormEntryController.EVENT_END_OF_FORM) {
            if (event != FormEntryController.EVENT_QUESTION) continue;
            FormEntryPrompt prompt = entry.getModel().getQuestionPrompt();
            String path = prompt.getIndex().getReference().toString(false);
            String said = answers.get(path);
            if (said == null) continue;
            IAnswerData value = said.isEmpty() ? null
                : XFormAnswerDataParser.getAnswerData(said, prompt.getDataType(), prompt.getQuestion());
            int result = entry.answerQuestion(prompt.getIndex(), value, true);
            if (result != FormEntryController.ANSWER_OK) throw new IllegalStateException(path + " refuses " + said);
        }
    }

    /** Files of the form, under every scheme that forms name them by. */
    private record Beside(Path folder) implements ReferenceFactory {
        public boolean derives(String uri) {
            return uri.startsWith("jr://file");
        }

        public Reference derive(String uri) {
            return new LocalFile(folder.resolve(uri.substring(uri.lastIndexOf('/') + 1)), uri);
        }

        public Reference derive(String uri, String context) {
            return derive(uri);
        }
    }

    private record LocalFile(Path path, String uri) implements Reference {
        public boolean doesBinaryExist() {
            return Files.exists(path);
        }

        public InputStream getStream() throws IOException {
            return Files.newInputStream(path);
        }

        public String getURI() {
            return uri;
        }

        public String getLocalURI() {
            return path.toString();
        }

        public boolean isReadOnly() {
            return true;
        }

        public OutputStream getOutputStream() {
            throw new UnsupportedOperationException();
        }

        public void remove() {
            throw new UnsupportedOperationException();
        }

        public Reference[] probeAlternativeReferences() {
            return new Reference[0];
        }
    }
}
