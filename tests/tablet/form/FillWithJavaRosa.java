import java.io.*;
import java.nio.file.*;
import java.util.*;
import org.javarosa.core.model.*;
import org.javarosa.core.model.data.*;
import org.javarosa.core.model.instance.*;
import org.javarosa.core.services.PrototypeManager;
import org.javarosa.form.api.*;
import org.javarosa.model.xform.*;
import org.javarosa.xform.util.XFormAnswerDataParser;
import org.javarosa.xform.util.XFormUtils;

/** Fills a form with JavaRosa, the engine inside ODK Collect: java FillWithJavaRosa.java form.xml answers.tsv (path TAB value); -Drepeats=a,b names its repeats. */
public class FillWithJavaRosa {
    public static void main(String[] args) throws Exception {
        new XFormsModule().registerModule();
        PrototypeManager.registerPrototypes(CoreModelModule.classNames);
        FormDef form = XFormUtils.getFormFromInputStream(new ByteArrayInputStream(Files.readAllBytes(Path.of(args[0]))));
        form.initialize(true, new InstanceInitializationFactory());
        Map<String, String> answers = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of(args[1]))) {
            int tab = line.indexOf('\t');
            if (tab > 0) answers.put(line.substring(0, tab), line.substring(tab + 1));
        }
        FormEntryModel model = new FormEntryModel(form);
        FormEntryController walk = new FormEntryController(model);
        walk.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        int event;
        while ((event = walk.stepToNextEvent()) != FormEntryController.EVENT_END_OF_FORM) {
            if (event == FormEntryController.EVENT_PROMPT_NEW_REPEAT) {
                String row = plain(model.getFormIndex().getReference());
                if (answers.keySet().stream().anyMatch(path -> path.startsWith(row + "/"))) { walk.newRepeat(); }
            } else if (event == FormEntryController.EVENT_QUESTION) {
                String value = answers.get(plain(model.getFormIndex().getReference()));
                if (value != null) walk.answerQuestion(model.getFormIndex(), data(model.getQuestionPrompt(), value), true);
            }
        }
        form.postProcessInstance();
        byte[] xml = new XFormSerializingVisitor().serializeInstance(form.getInstance());
        System.out.write(xml);
        System.out.flush();
    }

    static String plain(TreeReference reference) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < reference.size(); i++) {
            path.append('/').append(reference.getName(i));
            int row = reference.getMultiplicity(i);
            if (row >= 0 && repeats.contains(reference.getName(i))) path.append('[').append(row + 1).append(']');
        }
        return path.toString();
    }

    static final Set<String> repeats = new HashSet<>(Arrays.asList(System.getProperty("repeats", "").split(",")));

    static IAnswerData data(FormEntryPrompt prompt, String value) {
        return XFormAnswerDataParser.getAnswerData(value, prompt.getDataType(), prompt.getQuestion());
    }
}
